// daytime-client: asks a daytime-server for the time of a zone, or any by RFC 867. The PDU: daytime_server_main.cpp.

#include <cerrno>
#include <random>

#include "base/json_object.hpp"
#include "command_line/program.hpp"
#include "daytime/date_format.hpp"
#include "daytime/daytime_message.hpp"
#include "daytime/zones.hpp"
#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "net/resolve.hpp"
#include "net/udp_socket.hpp"
#include "request/requests.hpp"

using namespace wireproof;
using namespace wireproof::daytime;

namespace {

struct Settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = kPort;
  std::string zone;
  std::optional<std::int64_t> at;
  std::string format;
  std::string locale = "POSIX";
  bool plain = false;
  std::string json;
};

std::uint64_t entropy() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32U | device();
}

/// "+05:45", "-00:44:30".
std::string offset_text(int seconds) {
  const int size = std::abs(seconds);
  std::string text = fmt::format("{}{:02}:{:02}", seconds < 0 ? '-' : '+', size / 3600, size / 60 % 60);
  return size % 60 == 0 ? text : text + fmt::format(":{:02}", size % 60);
}

std::string quality_text(const clock_sync::Quality& quality) {
  if (!quality.is_synchronised()) return "the server is not synchronised";
  return fmt::format(
      "the server is synchronised, of stratum {}: last found {:+.6f} s behind its reference, wrong by {:.6f} s at most",
      quality.stratum, in_seconds(quality.offset), in_seconds(quality.bound));
}

JsonObject json_of(const Answer& answer) {
  const LocalTime& local = answer.local;
  JsonObject object;
  object.add("zone", answer.zone)
      .add_seconds("moment", answer.moment)
      .add("local", fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", local.year, local.month, local.day, local.hour,
                                local.minute, local.second))
      .add("utc_offset", static_cast<double>(local.utc_offset))
      .add("summer_time", local.is_summer_time)
      .add("abbreviation", local.abbreviation)
      .add("text", answer.text)
      .add("synchronised", answer.quality.is_synchronised())
      .add("stratum", std::uint64_t{answer.quality.stratum})
      .add_seconds("offset", answer.quality.offset)
      .add_seconds("bound", answer.quality.bound);
  return object;
}

class Client {
 public:
  Client(const Settings& settings, const Address& server)
      : settings_(settings),
        format_(settings.locale),
        server_(server),
        socket_(server.family()),
        requests_({.tries = 4, .timeouts = {.most = std::chrono::seconds(8)}}, entropy()),
        loop_({[this] { return requests_.next_deadline(); }, [this] { advance(); }}) {}

  ExitStatus run() {
    const StopSignals signals;
    // A connected socket is told when nobody listens there.
    if (const int error = socket_.connect(server_); error != 0)
      fail(fmt::format("connect to {}", name_of(server_)), error);
    loop_.each_readable(signals.descriptor(), [this] { loop_.stop(); });
    loop_.each_readable(socket_.descriptor(), [this] {
      socket_.receive_each([this](const UdpSocket::Datagram& datagram) { receive(datagram.bytes); });
    });
    send(requests_.ask(loop_.now(), server_)->id);
    loop_.run();
    return status_;
  }

 private:
  void send(std::uint64_t id) {
    std::optional<Time> moment;
    if (settings_.at) moment = std::chrono::seconds(*settings_.at);
    const auto question = encode(Question{id, settings_.zone, moment});
    const std::string_view bytes{reinterpret_cast<const char*>(question.data()), question.size()};
    // RFC 867: what is in the datagram does not matter.
    if (const int error = socket_.send(settings_.plain ? "\n" : bytes); error != 0 && error != EAGAIN) {
      fail(fmt::format("ask {}", name_of(server_)), error);
    }
  }

  void advance() {
    for (const auto& action : requests_.advance(loop_.now())) {
      if (const auto* const again = std::get_if<request::Requests<Address>::Send>(&action)) {
        send(again->id);
      } else {
        throw Failure(fmt::format("{} did not answer", name_of(server_)));
      }
    }
  }

  void receive(std::string_view bytes) {
    if (settings_.plain) {
      print_line(bytes.substr(0, bytes.find_first_of("\r\n")).substr(0, 512));
      return end(ExitStatus::ok);
    }
    const auto answer = decode_answer({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    if (!answer || requests_.receive(loop_.now(), server_, answer->id).kind != request::AnswerKind::answer) {
      if (!std::exchange(told_stranger_, true)) say("a datagram that does not answer the question is not looked at");
      return;
    }
    if (answer->status == Status::unknown_zone)
      throw Failure(fmt::format("the server knows no zone '{}'", printable(settings_.zone)));
    if (answer->status == Status::not_understood) throw Failure("the server does not understand the question");
    tell(*answer);
    end(ExitStatus::ok);
  }

  void tell(const Answer& answer) const {
    print_line(settings_.format.empty() ? answer.text : format_.text(answer.local, settings_.format));
    say("{} ({}, UTC{}); {}", printable(answer.zone), printable(answer.local.abbreviation),
        offset_text(answer.local.utc_offset), quality_text(answer.quality));
    if (!settings_.json.empty()) write_json(json_of(answer), settings_.json);
  }

  void end(ExitStatus status) {
    status_ = status;
    loop_.stop();
  }

  const Settings& settings_;
  DateFormat format_;
  Address server_;
  UdpSocket socket_;
  request::Requests<Address> requests_;
  Loop loop_;
  bool told_stranger_ = false;
  ExitStatus status_ = ExitStatus::failed;
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  const auto declare = [&](CommandLine& line) {
    line.option("--host", settings.host, "the server's name or address").show_default();
    line.option("--port", settings.port, "its UDP port").show_default();
    line.option("--zone", settings.zone, "whose time is asked for, as in the tz database (default: the server's)");
    line.option("--format", settings.format,
                "show the time by strftime(3), as in %c (default: as the server words it)");
    line.option("--locale", settings.locale, "in whose words --format shows it").show_default();
    line.option(
            "--at", [&](double seconds) { settings.at = static_cast<std::int64_t>(seconds); },
            "ask for that moment, whole seconds since 1970, instead of now")
        .between(-9.2e9, 9.2e9);
    const Option plain = line.flag("--rfc867", settings.plain, "ask by RFC 867, and show the line that comes");
    plain.excludes(line.option("--json", settings.json, "write the answer to this file, - for standard output"));
  };
  const auto run = [&] {
    if (settings.zone.size() > kLongestZone) throw UsageError("no zone has a name of more than 64 octets");
    return Client(settings, resolve(settings.host, settings.port).front()).run();
  };
  return run_program(argc, argv,
                     {"daytime-client", "Asks a server for date and time, of any time zone.",
                      "  daytime-client --format %c                              as on the sheet\n"
                      "  daytime-client --host h2 --zone Asia/Kathmandu          there, in the server's words\n"
                      "  daytime-client --host h2 --rfc867                       of any daytime server"},
                     declare, run);
}
