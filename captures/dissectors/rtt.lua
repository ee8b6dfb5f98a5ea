-- Wireshark dissector of round-trip probes, version 1. The protocol: docs/protocols/rtt.md.
-- It takes every UDP datagram that begins with "RTTP", on any port, and TCP on the responder's.
-- wireproof: only for captures that contain "RTTP"

local MAGIC = "RTTP"
local PORT, ECHO = 2681, 7
local BEGIN, HEADER, LONGEST = 8, 48, 65507

local protocol = Proto("rtt", "Round-Trip Probes")
local fields = {
  version = ProtoField.uint8("rtt.version", "Version"),
  type = ProtoField.uint8("rtt.type", "Type", base.DEC, { "PROBE", "REPLY", "REPEAT" }, nil, "1 PROBE, 2 REPLY, 3 REPEAT"),
  length = ProtoField.uint16("rtt.length", "Length", base.DEC, nil, nil, "Octets of the message"),
  session = ProtoField.uint64("rtt.session", "Session", base.HEX),
  sequence = ProtoField.uint32("rtt.sequence", "Sequence"),
  received = ProtoField.uint32("rtt.received", "Received", base.DEC, nil, nil, "Probes of the session that have come, each once"),
  since = ProtoField.uint32("rtt.since", "Since", base.DEC, nil, nil, "Lowest sequence among them"),
  memory = ProtoField.uint32("rtt.memory", "Memory", base.HEX, nil, nil, "Changes when the responder has forgotten the session"),
  arrived = ProtoField.uint64("rtt.arrived", "Arrived", base.DEC, nil, nil, "Nanoseconds of the responder's clock"),
  answered = ProtoField.uint64("rtt.answered", "Answered", base.DEC, nil, nil, "Nanoseconds of the responder's clock"),
  own_time = ProtoField.uint32("rtt.own_time", "Own time (µs)", base.DEC, nil, nil, "What the responder needed, in microseconds"),
  padding = ProtoField.bytes("rtt.padding", "Padding"),
}
local experts = {
  version = ProtoExpert.new("rtt.other_version", "Another version", expert.group.UNDECODED, expert.severity.WARN),
  type = ProtoExpert.new("rtt.unknown_type", "Unknown type", expert.group.UNDECODED, expert.severity.WARN),
  length = ProtoExpert.new("rtt.wrong_length", "Wrong length", expert.group.MALFORMED, expert.severity.ERROR),
  own_time = ProtoExpert.new("rtt.implausible", "Answered before it arrived", expert.group.PROTOCOL, expert.severity.WARN),
}
protocol.fields, protocol.experts = fields, experts

local echo = DissectorTable.get("udp.port"):get_dissector(ECHO) -- what it is when it is no probe

local NAMES = { "PROBE", "REPLY", "REPEAT" }

local function is_ours(buffer)
  return buffer:len() >= BEGIN and buffer:raw(0, #MAGIC) == MAGIC
end

-- One message, which is all of `buffer`.
local function dissect(buffer, pinfo, tree)
  if not is_ours(buffer) then
    return 0
  end
  pinfo.cols.protocol = "RTT"
  local branch = tree:add(protocol, buffer())
  branch:add(fields.version, buffer(4, 1))
  if buffer(4, 1):uint() ~= 1 then
    branch:add_proto_expert_info(experts.version)
    pinfo.cols.info = "another version"
    return buffer:len()
  end
  local type = buffer(5, 1):uint()
  branch:add(fields.type, buffer(5, 1))
  if not NAMES[type] then
    branch:add_proto_expert_info(experts.type)
    pinfo.cols.info = "unknown type"
    return buffer:len()
  end
  local length = buffer(6, 2):uint()
  branch:add(fields.length, buffer(6, 2))
  if length ~= buffer:len() or length < HEADER or length > LONGEST then
    branch:add_proto_expert_info(experts.length)
    pinfo.cols.info = "wrong length"
    return buffer:len()
  end
  branch:add(fields.session, buffer(8, 8))
  branch:add(fields.sequence, buffer(16, 4))
  local info = NAMES[type] .. " " .. buffer(16, 4):uint()
  if type ~= 1 then
    branch:add(fields.received, buffer(20, 4))
    branch:add(fields.since, buffer(24, 4))
    branch:add(fields.memory, buffer(28, 4))
    branch:add(fields.arrived, buffer(32, 8))
    branch:add(fields.answered, buffer(40, 8))
    local own = (buffer(40, 8):uint64() - buffer(32, 8):uint64()) / 1000
    local sane = buffer(40, 8):uint64() >= buffer(32, 8):uint64() and own <= UInt64(0xFFFFFFFF, 0)
    if sane then
      branch:add(fields.own_time, buffer(32, 16), own:tonumber()):set_generated()
      info = info .. ", own time " .. own:tonumber() .. " µs"
    else
      branch:add_proto_expert_info(experts.own_time)
    end
  end
  if length > HEADER then
    branch:add(fields.padding, buffer(HEADER))
  end
  pinfo.cols.info = info
  return buffer:len()
end

function protocol.dissector(buffer, pinfo, tree)
  if pinfo.port_type ~= 2 then -- UDP
    local length = dissect(buffer, pinfo, tree)
    return length == 0 and pinfo.match_uint == ECHO and echo:call(buffer, pinfo, tree) or length
  end
  local begin = math.min(buffer:len(), #MAGIC)
  if buffer:raw(0, begin) ~= MAGIC:sub(1, begin) then
    return 0
  end
  dissect_tcp_pdus(buffer, tree, BEGIN, function(message)
    return math.max(message(6, 2):uint(), BEGIN)
  end, dissect)
  return buffer:len()
end

-- By the port first; by the first bytes on any port, because a responder or an echo service may have another one. Echo's own has a
-- dissector already, which would come before those.
DissectorTable.get("udp.port"):add(PORT, protocol)
DissectorTable.get("udp.port"):add(ECHO, protocol)
DissectorTable.get("tcp.port"):add(PORT, protocol)
protocol:register_heuristic("udp", function(buffer, pinfo, tree)
  return pinfo.dst_port ~= PORT and pinfo.src_port ~= PORT and dissect(buffer, pinfo, tree) > 0
end)
