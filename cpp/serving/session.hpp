#pragma once
// What a service says on one connection, apart from how connections are served (one by one, forked, …).
// Pure: no socket, no clock. Echo and ELIZA are sessions; serving/conversation.hpp joins one to a TCP connection.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace wireproof {

class Session {
 public:
  virtual ~Session() = default;

  /// Told first: who the client is, such as "10.0.0.1:40000".
  virtual void meet(std::string_view /*client*/) {}

  /// Bytes sent before the client has said anything.
  virtual std::string opening() { return {}; }

  /// Takes the next bytes of the client's stream, cut anywhere, and appends what is answered to `answer`.
  virtual void receive(std::string_view bytes, std::string& answer) = 0;

  /// Bytes sent after the client's end of stream (its FIN), before ours.
  virtual std::string closing() { return {}; }

  /// True once the service itself wants to end the conversation; nothing more is received then.
  virtual bool finished() const { return false; }
};

using SessionFactory = std::function<std::unique_ptr<Session>()>;

}  // namespace wireproof
