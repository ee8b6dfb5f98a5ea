#include "rtt/probing.hpp"

#include <array>
#include <memory>
#include <optional>

#include "rtt/transport.hpp"

namespace wireproof::rtt {
namespace {

std::vector<Address> addresses_of(const std::vector<Target>& targets) {
  std::vector<Address> addresses;
  for (const Target& target : targets) addresses.push_back(target.address);
  return addresses;
}

class Probing {
 public:
  Probing(const std::vector<Target>& targets, Means means, const ProberOptions& options, std::uint64_t seed)
      : targets_(targets),
        addresses_(addresses_of(targets)),
        means_(means),
        options_(options),
        seed_(seed),
        loop_({[this] { return prober_ ? prober_->next_deadline() : kNever; }, [this] { advance(); }}),
        transport_(means == Means::udp   ? datagrams(loop_, addresses_)
                   : means == Means::tcp ? handshakes(loop_, addresses_, options.timeout)
                                         : streams(loop_, addresses_, options.timeout)) {}

  Findings run(const StopSignals& signals) {
    loop_.each_readable(signals.descriptor(), [this] {
      interrupted_ = true;
      if (prober_) prober_->interrupt(loop_.now());
      loop_.stop();
    });
    loop_.spawn(begin());
    loop_.run();
    return findings();
  }

 private:
  asio::awaitable<void> begin() {
    co_await transport_->prepare();
    prober_.emplace(options_, addresses_, loop_.now(), seed_,
                    [this](std::size_t address, const Message& probe) { return transport_->send(address, probe); });
    transport_->start(*prober_);
    loop_.event();
  }

  void advance() {
    if (!prober_) return;
    const Time now = loop_.now();
    prober_->advance(now);
    if (prober_->is_over(now)) loop_.stop();
  }

  Findings findings() const {
    Findings findings{means_, {}, {}, 0, transport_->malformed(), transport_->dropped(), interrupted_};
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const Record none(options_.timeout);
      const Record& record = prober_ ? prober_->records()[i] : none;
      auto trips = record.round_trips();
      findings.each.push_back({targets_[i], record.counts(), record.losses(), Statistics(std::move(trips.best)),
                               Statistics(std::move(trips.program)), Statistics(std::move(trips.own)), trips.latest,
                               transport_->complaint(i)});
    }
    if (prober_) {
      findings.strangers = prober_->strangers();
      findings.missed = prober_->missed();
    }
    return findings;
  }

  const std::vector<Target>& targets_;
  std::vector<Address> addresses_;
  Means means_;
  ProberOptions options_;
  std::uint64_t seed_;
  Loop loop_;
  std::unique_ptr<Transport> transport_;
  std::optional<Prober> prober_;
  bool interrupted_ = false;
};

}  // namespace

std::string_view name_of(Means means) {
  constexpr std::array<std::string_view, 3> kNames = {"udp", "tcp", "tcp stream"};
  return kNames[static_cast<std::size_t>(means)];
}

Findings probe(const std::vector<Target>& targets, Means means, const ProberOptions& options, std::uint64_t seed,
               const StopSignals& signals) {
  return Probing(targets, means, options, seed).run(signals);
}

}  // namespace wireproof::rtt
