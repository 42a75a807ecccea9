-- Addresses as text -> whether they are in a network. Both families are 32 hexadecimal digits, IPv4
-- as RFC 4291, section 2.5.5.2, has it (::ffff:10.0.0.1). What is no address, as a name or a text
-- that netstat has cut, is null.
--
-- A macro's argument is put in each of its places, so `[... for name in [value]][1]` names what is
-- used more than once.
create or replace macro _ipv4_digits(text) as
    [format('{:02x}{:02x}{:02x}{:02x}', bytes[1], bytes[2], bytes[3], bytes[4])
     for bytes in [[try_cast(word as integer) for word in string_split(text, '.')]]
     if regexp_full_match(
        text, '((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
     )][1];

create or replace macro _without_ipv4_tail(text) as
    case when text like '%.%' then
        [regexp_replace(text, '[^:]*$', '') || tail[1:4] || ':' || tail[5:8]
         for tail in [_ipv4_digits(regexp_extract(text, '[^:]*$'))]][1]
    else text end;

create or replace macro _without_gap(text) as
    case
        when regexp_matches(text, '^:[^:]|[^:]:$|:::') then null
        when text not like '%::%' then text
        else [case when groups < 8 then trim(replace(text, '::', ':' || repeat('0:', 8 - groups)), ':') end
              for groups in [len([each for each in string_split(text, ':') if each <> ''])]][1]
    end;

create or replace macro _ipv6_digits(text) as
    [array_to_string([lpad(lower(digits), 4, '0') for digits in string_split(whole, ':')], '')
     for whole in [_without_gap(text)]
     if regexp_full_match(whole, '([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}')][1];

create or replace macro _ip_digits(text) as
    case
        when text not like '%:%' then '00000000000000000000ffff' || _ipv4_digits(text)
        else [_ipv6_digits(plain) for plain in [_without_ipv4_tail(split_part(text, '%', 1))]][1]
    end;

create or replace macro _network_bits(network) as
    case when network not like '%/%' then 128 else
        [case
            when network like '%:%' and bits between 0 and 128 then bits
            when network not like '%:%' and bits between 0 and 32 then bits + 96
         end for bits in [try_cast(split_part(network, '/', 2) as integer)]][1]
    end;

create or replace macro _starts_alike(one, two, bits) as
    one[1:bits // 4] = two[1:bits // 4] and (
        bits % 4 = 0 or (instr('0123456789abcdef', one[bits // 4 + 1]) - 1) >> (4 - bits % 4)
        = (instr('0123456789abcdef', two[bits // 4 + 1]) - 1) >> (4 - bits % 4)
    );

create or replace macro in_cidr(address, network) as
    [case
        when network is null then null
        when parts.digits is null or parts.bits is null
        then error('in_cidr: no network: ' || network || '; give one as 10.0.0.0/8 or fe80::/10')
        else [_starts_alike(digits, parts.digits, parts.bits) for digits in [_ip_digits(address)]][1]
     end
     for parts in [{
        'digits': _ip_digits(split_part(network, '/', 1)), 'bits': _network_bits(network)
     }]][1];
