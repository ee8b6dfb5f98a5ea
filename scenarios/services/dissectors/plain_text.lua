-- The words of services.ex01's echoes as a field, over TCP and UDP: who sees the frames can read them.
-- wireproof: only for captures that contain "hola mundo"

local protocol = Proto("plain_text", "Plain Text")
local words = ProtoField.string("plain_text.words", "Words", base.UNICODE, "The payload, without the line's end")
protocol.fields = { words }

function protocol.dissector(buffer, info, tree)
  tree:add(protocol, buffer()):add(words, buffer(), (buffer:raw():gsub("[\r\n]+$", "")))
  return buffer:len()
end

DissectorTable.get("tcp.port"):add(1234, protocol)
DissectorTable.get("udp.port"):add(1234, protocol)
