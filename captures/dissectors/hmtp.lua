-- Wireshark dissector for the HMTP variant of application-level multicast (docs/protocols/hmtp.md).
--
-- Use it once:      tshark -X lua_script:captures/dissectors/hmtp.lua -r group.pcapng -Y 'hmtp.type == "RJOI"'
-- Use it always:    copy this file to the folder "Personal Lua Plugins" (Wireshark: Help, About, Folders).
-- Other ports:      preference "hmtp.ports" (Wireshark: Edit, Preferences, Protocols, HMTP), or Decode As.
--
-- Fields: hmtp.type; hmtp.root and hmtp.child ("10.0.0.1 10000", a hmtp.child for each line of a NJOI), with
-- .address and .port; of messages hmtp.origin, hmtp.sequence, hmtp.payload, hmtp.payload_length; of the extension
-- hmtp.node, hmtp.seat, hmtp.turn, hmtp.order, hmtp.age, hmtp.have. hmtp.malformed marks what is not a message.
-- hmtp.plain: what follows DATA, or a type that this variant has not, where no origin and number do; in hexadecimal.

local hmtp = Proto("hmtp", "Host Multicast Tree Protocol (variant)")

local PURPOSE = {
  ROOT = "Who is the root?", TOOR = "The root is", RREG = "Register me as the root", YREG = "Registered",
  NREG = "Not registered", RJOI = "Take me as your child", YJOI = "Taken", NJOI = "Not taken, ask my children",
  DATA = "Message of the group", LEAV = "I leave you", MISS = "What have I missed?", SENT = "Sent, or known"
}
local WITH_FIELDS = { RJOI = true, YJOI = true, LEAV = true, MISS = true, SENT = true }

local field = {
  type = ProtoField.string("hmtp.type", "Type"),
  root = ProtoField.string("hmtp.root", "Root"),
  root_address = ProtoField.string("hmtp.root.address", "Address"),
  root_port = ProtoField.uint16("hmtp.root.port", "Port"),
  child = ProtoField.string("hmtp.child", "Child"),
  child_address = ProtoField.string("hmtp.child.address", "Address"),
  child_port = ProtoField.uint16("hmtp.child.port", "Port"),
  origin = ProtoField.string("hmtp.origin", "Origin"),
  sequence = ProtoField.uint64("hmtp.sequence", "Sequence number"),
  payload = ProtoField.bytes("hmtp.payload", "Payload"),
  payload_length = ProtoField.uint32("hmtp.payload_length", "Payload length"),
  node = ProtoField.string("hmtp.node", "Node"),
  seat = ProtoField.string("hmtp.seat", "Seat"),
  turn = ProtoField.uint64("hmtp.turn", "Turn"),
  order = ProtoField.string("hmtp.order", "Order"),
  age = ProtoField.uint64("hmtp.age", "Age in milliseconds"),
  have = ProtoField.string("hmtp.have", "Has all up to"),
  body = ProtoField.string("hmtp.body", "Body that is ignored"),
  plain = ProtoField.string("hmtp.plain", "Message without origin and number"),
}
hmtp.fields = field

local malformed = ProtoExpert.new("hmtp.malformed", "Not a message of the protocol", expert.group.MALFORMED,
                                  expert.severity.ERROR)
hmtp.experts = { malformed }

hmtp.prefs.ports = Pref.range("UDP ports", "10000", "UDP ports of rendezvous points and nodes", 65535)

-- All 64 bits, which a Lua number does not have.
local function number_of(digits)
  local value = UInt64(0)
  for digit in digits:gmatch("%d") do value = value * UInt64(10) + UInt64(tonumber(digit)) end
  return value
end

-- "address port" at this place in the datagram; false when it is not.
local function add_endpoint(tree, range, whole, address_field, port_field)
  local text = range:string()
  local address, port = text:match("^([%x:.]+) ([1-9]%d*)$")
  if not address or #port > 5 or tonumber(port) > 65535 then return false end
  local branch = tree:add(whole, range, text)
  branch:add(address_field, range(0, #address), address)
  branch:add(port_field, range(#address + 1), tonumber(port))
  return true
end

-- Calls `take` with the range of each line of the body; the last line feed may be missing. False when `take` says so.
local function each_line(buffer, first, take)
  while first < buffer:len() do
    local finish = first
    while finish < buffer:len() and buffer(finish, 1):uint() ~= 10 do finish = finish + 1 end
    if finish == first or take(buffer(first, finish - first)) == false then return false end
    first = finish + 1
  end
  return true
end

local NUMBERS = { turn = true, age = true }
local function add_field(tree, range)
  local name, value = range:string():match("^([^=]+)=(.*)$")
  if not name then return false end
  local known = field[name]
  if NUMBERS[name] and value:match("^%d+$") then
    tree:add(known, range, number_of(value))
  elseif name == "node" or name == "seat" or name == "order" or name == "have" then
    tree:add(known, range, value)
  end
end

-- A body that is none of the extension's stands for nothing, as it does to a plain peer.
local function add_fields(tree, buffer)
  local is_extension = each_line(buffer, 5, function(range) return range:string():find("=", 1, true) ~= nil end)
  if is_extension then
    each_line(buffer, 5, function(range) return add_field(tree, range) end)
  else
    tree:add(field.body, buffer(5))
  end
end

local function add_data(tree, buffer)
  local head = buffer(5, math.min(buffer:len() - 5, 38)):raw()
  local origin, sequence = head:match("^(%x+) ([1-9]%d*)\n")
  if not origin or #origin ~= 16 or #sequence > 20 then return nil end
  tree:add(field.origin, buffer(5, 16), origin)
  tree:add(field.sequence, buffer(22, #sequence), number_of(sequence))
  local first = 5 + 16 + 1 + #sequence + 1
  local length = buffer:len() - first
  if length > 0 then tree:add(field.payload, buffer(first)) end
  tree:add(field.payload_length, length):set_generated()
  return string.format("%s %s, %d bytes", origin, sequence, length)
end

-- What the information column says after the type; nil when the body is malformed.
local function add_body(tree, buffer, kind)
  local length = buffer:len()
  if kind == "DATA" then return length > 5 and add_data(tree, buffer) or nil end
  if length <= 5 then return "" end
  if kind == "TOOR" then
    local finish = buffer(length - 1, 1):uint() == 10 and length - 1 or length
    if finish == 5 or not add_endpoint(tree, buffer(5, finish - 5), field.root, field.root_address, field.root_port) then
      return nil
    end
    return buffer(5, finish - 5):string()
  end
  if kind == "NJOI" then
    local count = 0
    local whole = each_line(buffer, 5, function(range)
      count = count + 1
      return add_endpoint(tree, range, field.child, field.child_address, field.child_port)
    end)
    return whole and string.format("%d children", count) or nil
  end
  if WITH_FIELDS[kind] then
    add_fields(tree, buffer)
  else
    tree:add(field.body, buffer(5))
  end
  return ""
end

function hmtp.dissector(buffer, packet, root)
  packet.cols.protocol = "HMTP"
  local tree = root:add(hmtp, buffer())
  local length = buffer:len()
  local kind = length >= 4 and buffer(0, 4):raw():match("^%u%u%u%u$")
  if not kind or (length > 4 and buffer(4, 1):uint() ~= 10) then
    packet.cols.info = "not a message"
    tree:add_proto_expert_info(malformed)
    return length
  end
  tree:add(field.type, buffer(0, 4), kind):append_text(PURPOSE[kind] and " (" .. PURPOSE[kind] .. ")" or " (unknown)")
  tree:append_text(", " .. kind)
  local remark = PURPOSE[kind] and add_body(tree, buffer, kind) or (not PURPOSE[kind] and "of no known type")
  if length > 5 and (not PURPOSE[kind] or (kind == "DATA" and not remark)) then
    tree:add(field.plain, buffer(5), buffer(5):bytes():tohex(true))
  end
  if remark then
    packet.cols.info = remark == "" and kind or kind .. " " .. remark
  else
    packet.cols.info = kind .. ", malformed"
    tree:add_proto_expert_info(malformed)
  end
  return length
end

local ports = DissectorTable.get("udp.port")
ports:add(hmtp.prefs.ports, hmtp)
local registered = hmtp.prefs.ports
function hmtp.prefs_changed()
  if registered == hmtp.prefs.ports then return end
  ports:remove(registered, hmtp)
  registered = hmtp.prefs.ports
  ports:add(registered, hmtp)
end
