-- Wireshark dissector of the protocol by which clocks are set, version 1. The protocol: docs/protocols/utc.md.
-- It takes every UDP datagram of 56 bytes that begins with "WPUT", on any port, and leaves all others alone.
-- wireproof: only for captures that contain "WPUT"

local MAGIC = "WPUT"
local LENGTH = 56
local KINDS = { [1] = "question", [2] = "answer" }

local protocol = Proto("utc_time", "UTC for Cristian's Algorithm")
local fields = {
  version = ProtoField.uint8("utc_time.version", "Version"),
  kind = ProtoField.uint8("utc_time.kind", "Kind", base.DEC, KINDS),
  leap = ProtoField.uint8("utc_time.leap", "Leap", base.DEC, { [0] = "none", [1] = "inserted", [2] = "deleted", [3] = "not synchronised" }),
  stratum = ProtoField.uint8("utc_time.stratum", "Stratum"),
  id = ProtoField.string("utc_time.id", "Request id", base.ASCII, "In hexadecimal"),
  asked = ProtoField.string("utc_time.t1", "T1, the client sent", base.ASCII, "Nanoseconds since 1970"),
  received = ProtoField.string("utc_time.t2", "T2, the server received", base.ASCII, "Nanoseconds since 1970"),
  answered = ProtoField.string("utc_time.t3", "T3, the server answered", base.ASCII, "Nanoseconds since 1970"),
  instance = ProtoField.uint64("utc_time.instance", "Instance", base.HEX),
  bound = ProtoField.int64("utc_time.bound", "Bound of the server's error, ns"),
}
local malformed = ProtoExpert.new("utc_time.malformed", "Not of version 1", expert.group.MALFORMED, expert.severity.WARN)
protocol.fields, protocol.experts = fields, { malformed }

-- 64 bits of nanoseconds, which no number of the harness holds: as text.
local function add_time(branch, field, range)
  branch:add(field, range, tostring(range:int64()))
end

local function dissect(buffer, pinfo, tree)
  if buffer:len() ~= LENGTH or buffer:raw(0, #MAGIC) ~= MAGIC then
    return 0
  end
  pinfo.cols.protocol = "UTC-TIME"
  local branch = tree:add(protocol, buffer())
  branch:add(fields.version, buffer(4, 1))
  branch:add(fields.kind, buffer(5, 1))
  local kind = KINDS[buffer(5, 1):uint()]
  if buffer(4, 1):uint() ~= 1 or not kind then
    branch:add_proto_expert_info(malformed)
    pinfo.cols.info = "not of version 1"
    return LENGTH
  end
  local id = buffer(8, 8):bytes():tohex(true)
  branch:add(fields.id, buffer(8, 8), id)
  add_time(branch, fields.asked, buffer(16, 8))
  if kind == "answer" then
    branch:add(fields.leap, buffer(6, 1))
    branch:add(fields.stratum, buffer(7, 1))
    add_time(branch, fields.received, buffer(24, 8))
    add_time(branch, fields.answered, buffer(32, 8))
    branch:add(fields.instance, buffer(40, 8))
    branch:add(fields.bound, buffer(48, 8))
  end
  pinfo.cols.info = kind .. " " .. id
  return LENGTH
end

function protocol.dissector(buffer, pinfo, tree)
  return dissect(buffer, pinfo, tree)
end

protocol:register_heuristic("udp", function(buffer, pinfo, tree)
  return dissect(buffer, pinfo, tree) > 0
end)
