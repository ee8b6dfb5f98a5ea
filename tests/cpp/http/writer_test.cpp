// What is written is read again, and what no header can hold is never written.

#include "http/message_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "http/message_reader.hpp"
#include "reader_cases.hpp"

namespace wireproof::http {
namespace {

using testing::read;

TEST(Writer, WritesWhatAReaderReads) {
  for (const Framing& framing : {Framing::of_length(6), Framing::chunked()}) {
    RequestHead head{"PUT", "/a", Version::http11, {{"Host", "h"}, {"Content-Length", "1"}}};
    frame(head.fields, framing);
    std::string bytes;
    append_head(bytes, head);
    BodyEncoder encoder(framing);
    encoder.append(bytes, "abc");
    encoder.append(bytes, "");
    encoder.append(bytes, "def");
    encoder.finish(bytes, framing == Framing::chunked() ? Fields{{"A", "b"}} : Fields{});
    RequestReader reader;
    const auto told = read(reader, bytes);
    EXPECT_EQ(told.bodies, "abcdef");
    EXPECT_EQ(told.messages, 1U);
    EXPECT_EQ(reader.trailers().value("A"), framing == Framing::chunked() ? "b" : "");
  }
}

TEST(Writer, NamesTheReason) {
  std::string bytes;
  append_head(bytes, ResponseHead{.status = 404});
  EXPECT_EQ(bytes, "HTTP/1.1 404 Not Found\r\n\r\n");
  EXPECT_EQ(reason_of(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_of(299), "Unknown");
}

TEST(Writer, RefusesWhatWouldBeAnotherMessage) {
  std::string out;
  const auto with = [](const Field& field) { return ResponseHead{.fields = {field}}; };
  EXPECT_THROW(append_head(out, with({"A", "b\r\nC: d"})), WritingError);
  EXPECT_THROW(append_head(out, with({"A", "b\n"})), WritingError);
  EXPECT_THROW(append_head(out, with({"A", std::string("b\0c", 3)})), WritingError);
  EXPECT_THROW(append_head(out, with({"A: b\r\nC", "d"})), WritingError);
  EXPECT_THROW(append_head(out, with({"", "d"})), WritingError);
  EXPECT_THROW(append_head(out, ResponseHead{.status = 20}), WritingError);
  EXPECT_THROW(append_head(out, ResponseHead{.status = 200, .reason = "a\r\nb"}), WritingError);
  EXPECT_THROW(append_head(out, RequestHead{"GET", "/a b", Version::http11, {}}), WritingError);
  EXPECT_THROW(append_head(out, RequestHead{"GET", "/\r\n", Version::http11, {}}), WritingError);
  EXPECT_THROW(append_head(out, RequestHead{"G T", "/", Version::http11, {}}), WritingError);
  EXPECT_THROW(append_head(out, RequestHead{"GET", "", Version::http11, {}}), WritingError);
}

TEST(Writer, KeepsWhatWasTold) {
  std::string out;
  BodyEncoder three(Framing::of_length(3));
  three.append(out, "ab");
  EXPECT_THROW(three.finish(out), WritingError);
  EXPECT_THROW(three.append(out, "cd"), WritingError);
  BodyEncoder none;
  EXPECT_THROW(none.append(out, "a"), WritingError);
}

}  // namespace
}  // namespace wireproof::http
