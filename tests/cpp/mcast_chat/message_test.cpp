// The datagrams: what is written is read again, whatever comes is judged, and what is shown moves no terminal.

#include "mcast_chat/message.hpp"

#include <gmock/gmock.h>

#include <random>

#include "text/utf8.hpp"

namespace wireproof::mcast_chat {

/// For failures.
void PrintTo(const Message& message, std::ostream* out) {
  *out << static_cast<int>(message.type) << " '" << message.name << "' '" << message.text << "' " << message.interval;
}

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Message read(const std::string& datagram) {
  const Received content = decode(datagram);
  if (const auto* const message = std::get_if<Message>(&content)) return *message;
  ADD_FAILURE() << "not understood: " << datagram;
  return {};
}

std::string judged(const std::string& datagram) {
  const Received content = decode(datagram);
  if (const auto* const fault = std::get_if<Fault>(&content)) return std::string(described(*fault));
  if (const auto* const plain = std::get_if<PlainText>(&content)) return "plain: " + plain->text;
  return "message";
}

TEST(Message, LooksAsSpecified) {
  EXPECT_EQ(encode({.type = Type::join, .name = "ana"}), "mcast-chat/1 JOIN ana\n");
  EXPECT_EQ(encode({.type = Type::join, .name = "ana", .interval = 10}), "mcast-chat/1 JOIN ana 10\n");
  EXPECT_EQ(encode({.type = Type::leave, .name = "ana"}), "mcast-chat/1 LEAVE ana\n");
  EXPECT_EQ(encode({.type = Type::text, .name = "ana", .text = "hello  you "}), "mcast-chat/1 TEXT ana hello  you \n");
  EXPECT_EQ(encode({.type = Type::alive, .name = "ana", .interval = 3600}), "mcast-chat/1 ALIVE ana 3600\n");
}

TEST(Message, IsReadWithAnyEndOfLine) {
  const Message hello{.type = Type::text, .name = "Zoë", .text = "hello"};
  for (const char* const end : {"", "\n", "\r\n"}) {
    EXPECT_EQ(read(std::string("mcast-chat/1 TEXT Zoë hello") + end), hello);
  }
}

/// Names and texts of any characters that are allowed, of any length that is allowed.
class Samples {
 public:
  std::string name() {
    return characters(1 + random_() % kLongestName, [](auto text) { return !name_fault(text); });
  }
  std::string text(std::size_t longest) {
    return characters(1 + random_() % longest, [](auto text) { return !text_fault(text); });
  }
  std::mt19937_64& random() { return random_; }

 private:
  template <typename Allowed>
  std::string characters(std::size_t bytes, const Allowed& allowed) {
    std::string text;
    while (text.size() < bytes) {
      std::string character = character_of(random_() % 4);
      if (text.size() + character.size() > bytes) character = "a";
      if (allowed(character)) text += character;
    }
    return text;
  }

  std::string character_of(std::uint64_t kind) {
    const auto byte = [&](unsigned base, unsigned bits) {
      return static_cast<char>(base | (random_() & ((1U << bits) - 1)));
    };
    for (;;) {
      std::string text;
      if (kind == 0) text = {byte(0, 7)};
      if (kind == 1) text = {byte(0xC0, 5), byte(0x80, 6)};
      if (kind == 2) text = {byte(0xE0, 4), byte(0x80, 6), byte(0x80, 6)};
      if (kind == 3) text = {byte(0xF0, 3), byte(0x80, 6), byte(0x80, 6), byte(0x80, 6)};
      if (utf8_length(text) == text.size()) return text;
    }
  }

  std::mt19937_64 random_{41};
};

TEST(Message, IsReadAsItWasWritten) {
  Samples samples;
  for (int i = 0; i < 20000; ++i) {
    Message message{.type = static_cast<Type>(i % 4), .name = samples.name()};
    if (message.type == Type::text) message.text = samples.text(longest_text(message.name));
    if (message.type == Type::alive)
      message.interval = 1 + static_cast<unsigned>(samples.random()() % kLongestInterval);
    if (message.type == Type::join)
      message.interval = static_cast<unsigned>(samples.random()() % (kLongestInterval + 1));
    const std::string datagram = encode(message);
    ASSERT_LE(datagram.size(), kLargestDatagram);
    ASSERT_EQ(read(datagram), message);
  }
}

TEST(Message, TheLongestTextFillsADatagram) {
  for (const std::string name : {"a", "Zoë"}) {
    const std::string text(longest_text(name), 'x');
    EXPECT_EQ(encode({.type = Type::text, .name = name, .text = text}).size(), kLargestDatagram);
    EXPECT_EQ(judged("mcast-chat/1 TEXT " + name + ' ' + text + "x\n"), "too long");
  }
  EXPECT_GE(longest_text(std::string(kLongestName, 'n')), 900U);
}

TEST(Message, WhatIsWrongIsTold) {
  const std::string magic = "mcast-chat/";
  const struct {
    std::string datagram;
    std::string verdict;
  } cases[] = {
      {"", "not text"},
      {"\n", "not text"},
      {"\r\n", "not text"},
      {std::string(1, '\0'), "not text"},
      {"hello \x1b[2J", "not text"},
      {"\xC2\x9B 2J", "not text"},  // C1's control sequence introducer
      {"\xff\xfe", "not text"},
      {"h\xE9 latin-1", "not text"},
      {std::string(1025, 'a'), "too long"},
      {std::string(1024, 'a'), "plain: " + std::string(1024, 'a')},
      {"hello", "plain: hello"},
      {"hello\r\n", "plain: hello"},
      {"two\nlines\n", "plain: two\nlines"},
      {"MCAST-CHAT/1 JOIN ana", "plain: MCAST-CHAT/1 JOIN ana"},
      {"mcast-chat", "plain: mcast-chat"},
      {magic, "malformed"},
      {magic + "1", "malformed"},
      {magic + "x JOIN ana", "malformed"},
      {magic + " JOIN ana", "malformed"},
      {magic + "2 JOIN ana", "of another version"},
      {magic + "11 JOIN ana", "of another version"},
      {magic + "01 JOIN ana", "of another version"},
      {magic + "2", "of another version"},
      {magic + "1 ", "of an unknown type"},
      {magic + "1 WAVE ana", "of an unknown type"},
      {magic + "1 join ana", "of an unknown type"},
      {magic + "1 JOINT ana", "of an unknown type"},
      {magic + "1  JOIN ana", "of an unknown type"},
      {magic + "1 JOIN", "malformed"},
      {magic + "1 JOIN ", "malformed"},
      {magic + "1 JOIN  ana", "malformed"},
      {magic + "1 JOIN ana ", "malformed"},
      {magic + "1 JOIN ana 0", "malformed"},
      {magic + "1 JOIN ana 007", "malformed"},
      {magic + "1 JOIN ana -1", "malformed"},
      {magic + "1 JOIN ana 3601", "malformed"},
      {magic + "1 JOIN ana 99999999999999999999", "malformed"},
      {magic + "1 JOIN ana 10 20", "malformed"},
      {magic + "1 JOIN ana 10 ", "malformed"},
      {magic + "1 LEAVE ana bye", "malformed"},
      {magic + "1 LEAVE ana ", "malformed"},
      {magic + "1 ALIVE ana", "malformed"},
      {magic + "1 TEXT ana", "malformed"},
      {magic + "1 TEXT ana ", "malformed"},
      {magic + "1 TEXT ana two\nlines\n", "malformed"},
      {magic + "1 TEXT ana \n\n", "malformed"},
      {magic + "1 TEXT ana two\xE2\x80\xA8lines", "malformed"},  // U+2028
      {magic + "1 TEXT ana> hi", "malformed"},
      {magic + "1 JOIN ana@home", "malformed"},
      {magic + "1 JOIN a\xC2\xA0"
               "b",
       "malformed"},  // no-break space
      {magic + "1 JOIN a\xE2\x80\x8B"
               "na",
       "malformed"},  // zero width space
      {magic + "1 JOIN \xE2\x80\xAE"
               "ana",
       "malformed"},  // right-to-left override
      {magic + "1 JOIN " + std::string(65, 'a'), "malformed"},
      {magic + "1 JOIN " + std::string(64, 'a'), "message"},
      {magic + "1 TEXT ana \t", "message"},
      {magic + "1 TEXT ana  ", "message"},
  };
  for (const auto& [datagram, verdict] : cases) EXPECT_EQ(judged(datagram), verdict) << datagram;
}

TEST(Characters, NamesAreOneVisibleWord) {
  for (const char* const name : {"a", "Zoë", "李", "Ωmega-3", "a*b", "\U0001F600"})
    EXPECT_FALSE(name_fault(name)) << name;
  EXPECT_THAT(*name_fault(""), HasSubstr("empty"));
  EXPECT_THAT(*name_fault("a b"), HasSubstr("space, U+0020"));
  EXPECT_THAT(*name_fault("\x1b"), HasSubstr("control character U+001B"));
  EXPECT_THAT(*name_fault("a<"), HasSubstr("'<'"));
  EXPECT_THAT(*name_fault("\xff"), HasSubstr("UTF-8"));
  EXPECT_THAT(*name_fault(std::string(65, 'x')), HasSubstr("65 bytes, 64 are allowed"));
}

TEST(Characters, WhatIsShownMovesNoTerminal) {
  EXPECT_EQ(shown("tab\t, Zoë \U0001F600"), "tab\t, Zoë \U0001F600");
  EXPECT_EQ(shown("a\r\nb"), "a\\x0d\\x0ab");
  EXPECT_EQ(shown("\x1b[2J\x7f\xC2\x9B"), "\\x1b[2J\\x7f\\xc2\\x9b");
  EXPECT_EQ(shown("\xE2\x80\xAE"
                  "live"),
            "\\u{202e}live");
  EXPECT_EQ(shown("\xff"), "\\xff");
  EXPECT_EQ(shown("\u2029\u200B\u2066"), "\\u{2029}\\u{200b}\\u{2066}");
}

}  // namespace
}  // namespace wireproof::mcast_chat
