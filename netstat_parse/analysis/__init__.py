"""What people ask of sockets, once netstat's text is read."""
