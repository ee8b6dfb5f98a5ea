-- The text of each segment of mail.q01's conversations, without regard to lines.
-- wireproof: only for captures that contain "mail.example"

local protocol = Proto("textbook_mail", "Textbook Mail")
local text = ProtoField.string("textbook_mail.text", "Text", base.UNICODE, "The segment's bytes")
protocol.fields = { text }

function protocol.dissector(buffer, info, tree)
  info.cols.protocol = "MAIL"
  tree:add(protocol, buffer()):add(text, buffer())
  return buffer:len()
end

local ports = DissectorTable.get("tcp.port")
ports:add(2525, protocol)
ports:add(2526, protocol)
