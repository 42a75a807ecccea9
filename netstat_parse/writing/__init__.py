"""Writing what was read: as text (CSV, JSON), into whole files, and on a terminal."""
