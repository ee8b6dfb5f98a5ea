-- Wireshark dissector of the multicast chat, version 1. The protocol: docs/protocols/mcast-chat.md.
-- It takes every UDP datagram that begins with "mcast-chat/", on any port, and leaves all others alone.
-- wireproof: only for captures that contain "mcast-chat/"

local MAGIC = "mcast-chat/"
local PORT = 5000
local LARGEST = 1024

local protocol = Proto("mcast_chat", "Multicast Chat")
local fields = {
  version = ProtoField.string("mcast_chat.version", "Version", base.UNICODE, "Version of the protocol"),
  type = ProtoField.string("mcast_chat.type", "Type", base.UNICODE, "JOIN, LEAVE, TEXT or ALIVE"),
  name = ProtoField.string("mcast_chat.name", "Name", base.UNICODE, "The member's name"),
  text = ProtoField.string("mcast_chat.text", "Text", base.UNICODE, "What the member says"),
  interval = ProtoField.uint16("mcast_chat.interval", "Interval", base.DEC, nil, nil, "Seconds between signs of life"),
}
local experts = {
  too_long = ProtoExpert.new("mcast_chat.too_long", "Longer than 1024 bytes", expert.group.PROTOCOL, expert.severity.WARN),
  version = ProtoExpert.new("mcast_chat.unknown_version", "Another version", expert.group.UNDECODED, expert.severity.WARN),
  type = ProtoExpert.new("mcast_chat.unknown_type", "Unknown type", expert.group.UNDECODED, expert.severity.WARN),
  malformed = ProtoExpert.new("mcast_chat.malformed", "Malformed", expert.group.MALFORMED, expert.severity.ERROR),
}
protocol.fields, protocol.experts = fields, experts

local ACTIONS = { JOIN = "joins", LEAVE = "leaves", ALIVE = "is here" }

local function is_ours(buffer)
  return buffer:len() >= #MAGIC and buffer:raw(0, #MAGIC) == MAGIC
end

-- The word from `position` to the next space or the line's end, and the position behind the space (nil: none follows).
local function word(line, position)
  local space = line:find(" ", position, true)
  if space then
    return line:sub(position, space - 1), space + 1
  end
  return line:sub(position), nil
end

local function dissect(buffer, pinfo, tree)
  if not is_ours(buffer) then
    return 0
  end
  local line = buffer:raw():gsub("\r?\n$", "")
  pinfo.cols.protocol = "MCAST-CHAT"
  local branch = tree:add(protocol, buffer())
  if buffer:len() > LARGEST then
    branch:add_proto_expert_info(experts.too_long)
  end

  -- Shows the bytes of line[first..first + length - 1] as a field.
  local function show(field, first, length)
    branch:add_packet_field(field, buffer(first - 1, length), ENC_UTF_8 + ENC_STRING)
  end
  local function malformed(why)
    branch:add_proto_expert_info(experts.malformed, why)
    pinfo.cols.info = "malformed: " .. why
    return buffer:len()
  end

  local start = #MAGIC + 1
  local version, after_version = word(line, start)
  show(fields.version, start, #version)
  if version ~= "1" then
    branch:add_proto_expert_info(experts.version)
    pinfo.cols.info = "another version"
    return buffer:len()
  end
  if not after_version then
    return malformed("no type")
  end
  local type, after_type = word(line, after_version)
  show(fields.type, after_version, #type)
  if not ACTIONS[type] and type ~= "TEXT" then
    branch:add_proto_expert_info(experts.type)
    pinfo.cols.info = "unknown type"
    return buffer:len()
  end
  if not after_type then
    return malformed("no name")
  end
  local name, after_name = word(line, after_type)
  if name == "" then
    return malformed("no name")
  end
  show(fields.name, after_type, #name)
  local shown_name = buffer(after_type - 1, #name):string(ENC_UTF_8)

  if type == "TEXT" then
    if not after_name or after_name > #line then
      return malformed("no text")
    end
    show(fields.text, after_name, #line - after_name + 1)
    pinfo.cols.info = shown_name .. ": " .. buffer(after_name - 1, #line - after_name + 1):string(ENC_UTF_8)
    return buffer:len()
  end

  local interval = after_name and line:sub(after_name)
  if interval then
    local seconds = interval:match("^[1-9]%d?%d?%d?$") and tonumber(interval)
    if type == "LEAVE" or not seconds or seconds > 3600 then
      return malformed("what stands behind the name")
    end
    branch:add(fields.interval, buffer(after_name - 1, #interval), seconds)
  elseif type == "ALIVE" then
    return malformed("no interval")
  end
  pinfo.cols.info = shown_name .. " " .. ACTIONS[type]
  return buffer:len()
end

function protocol.dissector(buffer, pinfo, tree)
  return dissect(buffer, pinfo, tree)
end

-- By the port first, because a member's own port may be one that belongs to another protocol; by the first bytes on any port.
DissectorTable.get("udp.port"):add(PORT, protocol)
protocol:register_heuristic("udp", function(buffer, pinfo, tree)
  return pinfo.dst_port ~= PORT and dissect(buffer, pinfo, tree) > 0
end)
