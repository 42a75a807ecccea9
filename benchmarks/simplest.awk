# The least that splits host and port: the columns, but states as they are printed, cut hosts
# without a mark, and of a program's name the first word only.

BEGIN { OFS = "," }

/^(tcp|udp|raw)/ {
    local = $4; foreign = $5; state = $6; owner = $7
    if (state !~ /^[A-Z]/) { owner = state; state = "" }
    match(local, /:[^:]*$/)
    host = substr(local, 1, RSTART - 1); port = substr(local, RSTART + 1)
    match(foreign, /:[^:]*$/)
    far_host = substr(foreign, 1, RSTART - 1); far_port = substr(foreign, RSTART + 1)
    slash = index(owner, "/")
    print stamp, $1, $2, $3, host, port, far_host, far_port, state, \
          substr(owner, 1, slash - 1), substr(owner, slash + 1)
    next
}

NF == 6 && $4 ~ /:/ { stamp = $0 }
