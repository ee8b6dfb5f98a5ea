-- The text of the pinger's messages, in datagrams to and from the ports of pinger.q01.
-- wireproof: only for captures that contain "ping "

local protocol = Proto("textbook_ping", "Textbook Ping")
local text = ProtoField.string("textbook_ping.text", "Text", base.UNICODE, "The whole message")
protocol.fields = { text }

function protocol.dissector(buffer, info, tree)
  info.cols.protocol = "PING"
  tree:add(protocol, buffer()):add(text, buffer())
  return buffer:len()
end

local ports = DissectorTable.get("udp.port")
ports:add(12000, protocol)
ports:add(12001, protocol)
