// Messages: what is written is read again, and what is not exact is refused.

#include <gmock/gmock.h>

#include "hmtp/data_message.hpp"
#include "hmtp/fields.hpp"
#include "hmtp/message.hpp"

namespace wireproof::hmtp {
namespace {

TEST(EndpointText, IsReadAgain) {
  for (const std::string_view text : {"10.0.0.1 10000", "255.1.2.3 1", "2001:db8::1 65535", "fe80::1 10000", "::1 9"}) {
    const auto endpoint = parse_endpoint(text);
    if (text.starts_with("255.")) {
      EXPECT_FALSE(endpoint);
      continue;
    }
    ASSERT_TRUE(endpoint) << text;
    std::string again;
    append_text(again, *endpoint);
    EXPECT_EQ(again, text);
  }
}

TEST(EndpointText, AnythingElseIsRefused) {
  for (const std::string_view text : {"",
                                      " ",
                                      "10.0.0.1",
                                      "10.0.0.1 ",
                                      "10.0.0.1 0",
                                      "10.0.0.1 65536",
                                      "10.0.0.1 010",
                                      "10.0.0.1  10",
                                      "10.0.0.1 10 ",
                                      "10.0.0.1 +10",
                                      "10.0.0.1 -1",
                                      " 10.0.0.1 10",
                                      "10.0.0 10",
                                      "10.0.0.256 10",
                                      "10.0.0.1:10",
                                      "[::1] 10",
                                      "fe80::1%eth0 10",
                                      "::ffff:10.0.0.1 10",
                                      ":: 10",
                                      "0.0.0.0 10",
                                      "224.1.1.1 10",
                                      "255.255.255.255 10",
                                      "ff02::1 10",
                                      "localhost 10",
                                      "2001:db8:0000:0000:0000:0000:0000:00001 10",
                                      "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111 10"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
  EXPECT_FALSE(parse_endpoint(std::string_view("10.0.0.1\0 10", 12)));
}

TEST(MessageType, IsFourCapitalsAndALineFeed) {
  EXPECT_EQ(parse_message("ROOT\n").type, Type::root);
  EXPECT_EQ(parse_message("ROOT").type, Type::root);
  EXPECT_EQ(parse_message("NJOI\na\nb").body, "a\nb");
  EXPECT_EQ(parse_message("ABCD\nx").type, Type::unknown);
  for (const std::string_view bytes : {"", "ROO", "ROOT ", "ROOTS\n", "root\n", "RO\nT\n", "ROOT\r\n", "\nROOT\n"}) {
    EXPECT_EQ(parse_message(bytes).type, Type::malformed) << bytes;
  }
}

TEST(Toor, IsAnEndpointOrNothing) {
  Endpoint root;
  EXPECT_TRUE(parse_toor("", root));
  EXPECT_FALSE(root.is_set());
  EXPECT_TRUE(parse_toor("10.0.0.1 10000\n", root));
  EXPECT_EQ(root, Endpoint::v4(0x0A000001, 10000));
  EXPECT_FALSE(parse_toor("\n", root));
  EXPECT_FALSE(parse_toor("10.0.0.1 10000\n\n", root));
}

TEST(Njoi, HasAtMost64Lines) {
  std::string body;
  for (unsigned i = 0; i < 64; ++i) {
    append_text(body, Endpoint::v4(0x0A000001 + i, 10000));
    body += '\n';
  }
  EndpointList list;
  EXPECT_TRUE(list.parse(body));
  EXPECT_EQ(list.endpoints().size(), 64U);
  EXPECT_FALSE(list.parse(body + "10.0.0.99 10000"));
  EXPECT_FALSE(list.parse("10.0.0.1 1\n\n10.0.0.2 1\n"));
  EXPECT_TRUE(list.parse(""));
  EXPECT_TRUE(list.endpoints().empty());
}

TEST(Data, IsReadAgain) {
  const MessageId id{0x0123456789ABCDEF, 18446744073709551615U};
  const std::string bytes = encode_data(id, "pay\nload");
  EXPECT_EQ(bytes, "DATA\n0123456789abcdef 18446744073709551615\npay\nload");
  const auto data = parse_data(parse_message(bytes).body);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->id, id);
  EXPECT_EQ(data->payload, "pay\nload");
  EXPECT_EQ(encode_data(id, std::string(kLongestPayload, 'x')).size(), 65507U);
}

TEST(Data, AnInexactHeaderIsRefused) {
  for (const std::string_view body : {"", "\n", "0123456789abcdef 1", "0123456789abcdef 0\n", "0123456789abcdef 01\n",
                                      "0123456789abcdef  1\n", "0123456789ABCDEF 1\n", "0000000000000000 1\n",
                                      "0123456789abcde 1\n", "0123456789abcdef 18446744073709551616\n",
                                      "0123456789abcdef -1\n", "0123456789abcdef \n", "0123456789abcdef1 1\n"}) {
    EXPECT_FALSE(parse_data(body)) << body;
  }
}

TEST(ExtensionFields, AreReadAgain) {
  const Fields fields{.node = 1, .seat = 0xFEDCBA9876543210, .turn = 7, .order = Order{3, 4}, .age = 0};
  std::string body;
  append_fields(body, fields);
  append_have(body, {5, 6});
  EXPECT_EQ(body, "node=0000000000000001\nseat=fedcba9876543210\nturn=7\norder=3.4\nage=0\nhave=0000000000000005.6\n");
  std::vector<MessageId> have;
  const auto again = parse_fields(body + "colour=blue\n", &have);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->seat, fields.seat);
  EXPECT_EQ(again->order, fields.order);
  EXPECT_EQ(again->age, 0U);
  EXPECT_THAT(have, ::testing::ElementsAre(MessageId{5, 6}));
}

TEST(ExtensionFields, ABadBodyIsThatOfAPlainPeer) {
  std::string many;
  for (int i = 0; i < 65; ++i) many += "a=b\n";
  for (const std::string_view body :
       {std::string_view("hello"), std::string_view("node=1\n"), std::string_view("turn=1\nturn=2\n"),
        std::string_view("order=1\n"), std::string_view("order=1.99999999999\n"),
        std::string_view("turn=99999999999999999\n"), std::string_view("\n"), std::string_view(many)}) {
    EXPECT_FALSE(parse_fields(body)) << body;
  }
  EXPECT_TRUE(parse_fields(""));
}

}  // namespace
}  // namespace wireproof::hmtp
