#include "http/message_reader.hpp"

#include <type_traits>
#include <utility>

#include "http/head_parser.hpp"

namespace wireproof::http {

template <typename Head>
MessageReader<Head>::MessageReader(const Limits& limits)
    : limits_(limits), collector_(std::is_same_v<Head, RequestHead>, limits) {}

template <typename Head>
Part MessageReader<Head>::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  if (std::is_same_v<Head, ResponseHead>) refusal_.status = 502;
  is_refused_ = true;
  return Part::refused;
}

template <typename Head>
void MessageReader<Head>::limit_body(std::uint64_t bytes) {
  limits_.body = bytes;
  if (in_body_ && decoder_.taken() == 0) decoder_ = BodyDecoder(framing_, limits_);
}

template <typename Head>
Part MessageReader<Head>::next(std::string_view& bytes) {
  if (is_refused_) return Part::refused;
  if (!in_body_) {
    switch (collector_.next(bytes)) {
      case HeadCollector::Found::more:
        return Part::more;
      case HeadCollector::Found::refused:
        return refuse(collector_.refusal());
      case HeadCollector::Found::head:
        return take_head();
    }
  }
  switch (decoder_.next(bytes)) {
    case BodyDecoder::Part::piece:
      return Part::body;
    case BodyDecoder::Part::end:
      in_body_ = false;
      return Part::end;
    case BodyDecoder::Part::refused:
      return refuse(decoder_.refusal());
    default:
      return Part::more;
  }
}

template <typename Head>
Part MessageReader<Head>::take_head() {
  Outcome<Head> parsed = parse(collector_.head());
  collector_.reset();
  if (std::holds_alternative<Refusal>(parsed)) return refuse(std::get<Refusal>(parsed));
  head_ = std::move(std::get<Head>(parsed));
  const Outcome<Framing> framing = frame(head_);
  if (std::holds_alternative<Refusal>(framing)) return refuse(std::get<Refusal>(framing));
  framing_ = std::get<Framing>(framing);
  decoder_ = BodyDecoder(framing_, limits_);
  in_body_ = true;
  return Part::head;
}

template <typename Head>
Part MessageReader<Head>::end_of_stream() {
  if (is_refused_) return Part::refused;
  if (!in_body_) {
    return collector_.is_idle() ? Part::more : refuse({400, "the connection ended within the header"});
  }
  if (decoder_.end_of_stream() == BodyDecoder::Part::refused) return refuse(decoder_.refusal());
  in_body_ = false;
  return Part::end;
}

template class MessageReader<RequestHead>;
template class MessageReader<ResponseHead>;

Outcome<RequestHead> RequestReader::parse(std::string_view head) { return parse_request_head(head); }
Outcome<Framing> RequestReader::frame(const RequestHead& head) { return framing_of(head); }
Outcome<ResponseHead> ResponseReader::parse(std::string_view head) { return parse_response_head(head); }
Outcome<Framing> ResponseReader::frame(const ResponseHead& head) { return framing_of(head, method_); }

}  // namespace wireproof::http
