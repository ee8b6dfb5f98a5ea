-- Of HTTP messages what scenarios ask for, as Wireshark itself reads them: the status of a response, method and target of a request.
-- wireproof: only for captures that contain "HTTP/1."

local protocol = Proto("http_message", "HTTP Message")
local fields = {
  status = ProtoField.uint16("http_message.status", "Status", base.DEC),
  method = ProtoField.string("http_message.method", "Method"),
  target = ProtoField.string("http_message.target", "Target"),
}
protocol.fields = fields
local told = { status = Field.new("http.response.code"), method = Field.new("http.request.method"), target = Field.new("http.request.uri") }

function protocol.dissector(_, _, tree)
  for name, field in pairs(told) do
    local found = field()
    if found then
      tree:add(fields[name], found.value):set_generated()
    end
  end
end

register_postdissector(protocol)
