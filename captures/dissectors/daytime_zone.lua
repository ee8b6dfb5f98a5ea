-- Wireshark dissector of the time of a zone, version 1. The protocol: docs/protocols/daytime.md.
-- It takes every UDP datagram of 192 bytes that begins with "WPDT", on any port, and leaves all others alone: on port 13 to
-- Wireshark's own dissector of RFC 867.
-- wireproof: only for captures that contain "WPDT"

local MAGIC = "WPDT"
local LENGTH = 192
local PORT = 13
local KINDS = { [1] = "question", [2] = "answer" }
local STATUSES = { [0] = "known", [1] = "unknown zone", [2] = "not understood" }

local protocol = Proto("daytime_zone", "Daytime of a Zone")
local fields = {
  version = ProtoField.uint8("daytime_zone.version", "Version"),
  kind = ProtoField.uint8("daytime_zone.kind", "Kind", base.DEC, KINDS),
  status = ProtoField.uint8("daytime_zone.status", "Status", base.DEC, STATUSES),
  synchronised = ProtoField.bool("daytime_zone.synchronised", "Synchronised", 8, nil, 1),
  summer_time = ProtoField.bool("daytime_zone.summer_time", "Summer time", 8, nil, 2),
  id = ProtoField.string("daytime_zone.id", "Request id", base.ASCII, "In hexadecimal"),
  moment = ProtoField.int64("daytime_zone.moment", "Moment, ns since 1970"),
  time = ProtoField.string("daytime_zone.time", "Local time", base.ASCII),
  utc_offset = ProtoField.int32("daytime_zone.utc_offset", "UTC offset, s"),
  offset = ProtoField.int64("daytime_zone.offset", "Reference less server's clock, ns"),
  bound = ProtoField.int64("daytime_zone.bound", "Bound of the server's error, ns"),
  stratum = ProtoField.uint8("daytime_zone.stratum", "Stratum"),
  leap = ProtoField.uint8("daytime_zone.leap", "Leap"),
  abbreviation = ProtoField.string("daytime_zone.abbreviation", "Abbreviation", base.UNICODE),
  zone = ProtoField.string("daytime_zone.zone", "Zone", base.UNICODE),
  text = ProtoField.string("daytime_zone.text", "Text", base.UNICODE),
}
local malformed = ProtoExpert.new("daytime_zone.malformed", "Not of version 1", expert.group.MALFORMED, expert.severity.WARN)
protocol.fields, protocol.experts = fields, { malformed }

local function is_ours(buffer)
  return buffer:len() == LENGTH and buffer:raw(0, #MAGIC) == MAGIC
end

-- Shows a text that ends at its first zero, and gives it.
local function show_text(branch, field, range)
  local length = (range:raw():find("\0", 1, true) or range:len() + 1) - 1
  if length == 0 then
    return ""
  end
  branch:add_packet_field(field, range(0, length), ENC_UTF_8 + ENC_STRING)
  return range(0, length):string(ENC_UTF_8)
end

local function show_answer(branch, buffer)
  local status = buffer(6, 1):uint()
  branch:add(fields.status, buffer(6, 1))
  branch:add(fields.synchronised, buffer(7, 1))
  branch:add(fields.summer_time, buffer(7, 1))
  if status == 0 then
    local octet = function(at) return buffer(at, 1):uint() end
    local time = string.format("%04d-%02d-%02dT%02d:%02d:%02d", buffer(24, 2):uint(), octet(26), octet(27), octet(28), octet(29), octet(30))
    branch:add(fields.time, buffer(24, 7), time)
    branch:add(fields.utc_offset, buffer(32, 4))
    show_text(branch, fields.abbreviation, buffer(54, 10))
    show_text(branch, fields.text, buffer(128, 64))
  end
  branch:add(fields.offset, buffer(36, 8))
  branch:add(fields.bound, buffer(44, 8))
  branch:add(fields.stratum, buffer(52, 1))
  branch:add(fields.leap, buffer(53, 1))
  return STATUSES[status] or "of no known status"
end

local function dissect(buffer, pinfo, tree)
  pinfo.cols.protocol = "DAYTIME-ZONE"
  local branch = tree:add(protocol, buffer())
  branch:add(fields.version, buffer(4, 1))
  branch:add(fields.kind, buffer(5, 1))
  local kind = KINDS[buffer(5, 1):uint()]
  if buffer(4, 1):uint() ~= 1 or not kind then
    branch:add_proto_expert_info(malformed)
    pinfo.cols.info = "not of version 1"
    return LENGTH
  end
  branch:add(fields.id, buffer(8, 8), buffer(8, 8):bytes():tohex(true))
  branch:add(fields.moment, buffer(16, 8))
  local remark = kind == "answer" and ", " .. show_answer(branch, buffer) or ""
  local zone = show_text(branch, fields.zone, buffer(64, 64))
  pinfo.cols.info = kind .. " " .. (zone == "" and "(the server's zone)" or zone) .. remark
  return LENGTH
end

local ports = DissectorTable.get("udp.port")
local plain = ports:get_dissector(PORT)

function protocol.dissector(buffer, pinfo, tree)
  if is_ours(buffer) then
    return dissect(buffer, pinfo, tree)
  end
  return plain and plain:call(buffer, pinfo, tree) or 0
end

ports:add(PORT, protocol)
protocol:register_heuristic("udp", function(buffer, pinfo, tree)
  return is_ours(buffer) and dissect(buffer, pinfo, tree) > 0
end)
