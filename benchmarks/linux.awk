# The CSV that `netstat-parse convert` writes, of regular Linux netstat output with -p.
# It checks nothing: a line that is no row goes wrong in silence.

BEGIN {
    OFS = ","
    split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", names, " ")
    for (i in names) month[names[i]] = i
    name["SYN_RECV"] = "SYN_RECEIVED"; name["CLOSE"] = "CLOSED"
    name["FIN_WAIT1"] = "FIN_WAIT_1"; name["FIN_WAIT2"] = "FIN_WAIT_2"
    print "captured_at,proto,recv_q,send_q,local_address,local_port,foreign_address," \
          "foreign_port,state,pid,program"
}

/^(tcp|udp|raw)/ {
    local = $4; foreign = $5; state = $6; owner = $7; next_field = 8
    if (state !~ /^[A-Z]/) { owner = state; state = ""; next_field = 7 }
    for (i = next_field; i <= NF; i++) owner = owner " " $i
    if (state in name) state = name[state]

    match(local, /:[^:]*$/)
    host = substr(local, 1, RSTART - 1); port = substr(local, RSTART + 1)
    match(foreign, /:[^:]*$/)
    far_host = substr(foreign, 1, RSTART - 1); far_port = substr(foreign, RSTART + 1)
    if (length(local) == 23) host = host "…"
    if (length(foreign) == 23) far_host = far_host "…"
    if (port == "*") port = ""
    if (far_port == "*") far_port = ""

    slash = index(owner, "/")
    pid = slash ? substr(owner, 1, slash - 1) : ""
    program = slash ? substr(owner, slash + 1) : ""
    print stamp, $1, $2, $3, host, port, far_host, far_port, state, pid, program
    next
}

# Mon Jan  5 09:00:00 UTC 2026
NF == 6 && $4 ~ /:/ {
    stamp = sprintf("%s-%02d-%02dT%s+00:00", $6, month[$2], $3, $4)
}
