// Any bytes as a message of the HMTP variant: what is accepted is written back the same, and nothing else. An input
// whose first byte is even is spelt: each byte below twice their number stands for a piece of the protocol's own words.

#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "goals.hpp"
#include "hmtp/data_message.hpp"
#include "hmtp/duplicate_memory.hpp"
#include "hmtp/fields.hpp"
#include "hmtp/message.hpp"

namespace {

using namespace wireproof::hmtp;
using wireproof::fuzz::Goal;

Goal known_type("a type of the protocol", 40);
Goal endpoint_read("an address and a port", 5);
Goal fields_read("fields of the extension", 3);
Goal list_read("a list of children", 5);
Goal data_read("a message of the group", 4);

constexpr const char* kPieces[] = {"ROOT\n",
                                   "TOOR\n",
                                   "RREG\n",
                                   "RJOI\n",
                                   "YJOI\n",
                                   "NJOI\n",
                                   "DATA\n",
                                   "LEAV\n",
                                   "MISS\n",
                                   "SENT\n",
                                   "node=",
                                   "seat=",
                                   "turn=",
                                   "order=",
                                   "age=",
                                   "have=",
                                   "\n",
                                   "\n",
                                   "00000000000000aa",
                                   "00000000000000bb",
                                   "7",
                                   "9.2",
                                   "0",
                                   "12",
                                   "10.0.0.1 10000",
                                   "2001:db8::7 9",
                                   " ",
                                   "hello"};

std::string spelt(std::string_view input) {
  std::string text;
  for (const char letter : input) {
    const auto byte = static_cast<unsigned char>(letter);
    byte < 2 * std::size(kPieces) ? text += kPieces[byte / 2] : text += letter;
  }
  return text;
}

void check(bool holds) {
  if (!holds) std::abort();
}

void check_endpoint(std::string_view text) {
  const auto endpoint = parse_endpoint(text);
  if (!endpoint) return;
  endpoint_read.reach();
  check(endpoint->is_unicast());
  std::string again;
  append_text(again, *endpoint);
  check(parse_endpoint(again) == endpoint);
  check(!endpoint->is_v4() || again == text);
}

void check_fields(std::string_view body) {
  std::vector<MessageId> have;
  const auto fields = parse_fields(body, &have);
  if (!fields) return;
  fields_read.reach(fields->node != 0 || fields->turn != 0 || !have.empty());
  check(have.size() <= Fields::kMostLines);
  std::string again;
  append_fields(again, *fields);
  for (const MessageId& id : have) append_have(again, id);
  std::vector<MessageId> have_again;
  const auto fields_again = parse_fields(again, &have_again);
  check(fields_again && have_again == have && fields_again->node == fields->node && fields_again->seat == fields->seat);
  check(fields_again->turn == fields->turn && fields_again->order == fields->order && fields_again->age == fields->age);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  if (size > 0 && data[0] % 2 == 0) text = spelt(text.substr(1));
  const std::string_view bytes = text;
  const Message message = parse_message(bytes);
  check(message.body.size() <= bytes.size());
  known_type.reach(message.type != Type::malformed && message.type != Type::unknown);
  // Random bytes seldom begin with a type: every body parser gets them as a body, too.
  for (const std::string_view body : {message.body, bytes}) {
    check_endpoint(body.substr(0, body.find('\n')));
    check_fields(body);
    Endpoint root;
    if (parse_toor(body, root)) check(root.is_set() == !body.empty());
    EndpointList list;
    if (list.parse(body)) check(list.endpoints().size() <= EndpointList::kLimit);
    list_read.reach(!list.endpoints().empty());
    if (const auto parsed = parse_data(body)) {
      data_read.reach();
      check(encode_data(parsed->id, parsed->payload) == "DATA\n" + std::string(body));
      check(parsed->payload.size() <= kLongestPayload);
    }
  }
  DuplicateMemory memory;
  for (std::size_t i = 0; i + 2 < size; i += 3) {
    const MessageId id{1U + data[i], 1U + data[i + 1] * (std::uint64_t{1} << data[i + 2] % 56)};
    memory.first_time(id);
    check(!memory.first_time(id) && memory.origins() <= DuplicateMemory::kOrigins);
  }
  std::vector<MessageId> complete;
  memory.list_complete(24, complete);
  check(complete.size() <= 24);
  return 0;
}
