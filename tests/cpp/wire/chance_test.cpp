// Losses and delays against theory. Seeds are fixed, so every bound either holds always or never.

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "transcript.hpp"
#include "wire/delay.hpp"
#include "wire/loss.hpp"

namespace wireproof::wire {
namespace {

using namespace testing;

/// Which of a flow's first packets are lost.
std::vector<bool> losses(const LossSettings& settings, std::uint64_t flow, std::size_t packets) {
  FlowState state;
  std::vector<bool> lost;
  for (state.packets = 0; state.packets < packets; ++state.packets) {
    lost.push_back(is_lost(settings, PacketRandom(flow, state.packets), state));
  }
  return lost;
}

double share_of(const std::vector<bool>& lost) {
  return static_cast<double>(std::count(lost.begin(), lost.end(), true)) / static_cast<double>(lost.size());
}

/// Standard deviations between a share and what is expected, for decisions with that correlation from one to the next.
double deviation(double share, double expected, std::size_t packets, double correlation = 0) {
  const double variance =
      expected * (1 - expected) / static_cast<double>(packets) * (1 + correlation) / (1 - correlation);
  return std::abs(share - expected) / std::sqrt(variance);
}

double mean_burst(const std::vector<bool>& lost) {
  std::size_t bursts = 0;
  for (std::size_t i = 0; i < lost.size(); ++i) bursts += lost[i] && (i == 0 || !lost[i - 1]) ? 1 : 0;
  return static_cast<double>(std::count(lost.begin(), lost.end(), true)) / static_cast<double>(bursts);
}

TEST(Loss, HasTheShareThatWasAskedFor) {
  for (const double probability : {0.001, 0.01, 0.05, 0.2, 0.5}) {
    for (std::uint64_t flow = 1; flow <= 10; ++flow) {
      const auto lost = losses({probability}, flow, 200'000);
      EXPECT_LT(deviation(share_of(lost), probability, lost.size()), 4.5) << probability << " flow " << flow;
    }
  }
  EXPECT_EQ(share_of(losses({0}, 1, 100'000)), 0);
  EXPECT_EQ(share_of(losses({1}, 1, 100'000)), 1);
}

TEST(Loss, OfShortFlowsHasItsShareToo) {
  for (const LossSettings& settings :
       {LossSettings{0.05}, LossSettings{0.05, 0.5}, LossSettings{0, 0, GilbertElliott{0.0125, 0.2375, 0, 1}}}) {
    std::size_t lost = 0;
    constexpr std::size_t kFlows = 100'000;
    for (std::uint64_t flow = 0; flow < kFlows; ++flow) lost += losses(settings, scramble(flow), 1)[0] ? 1 : 0;
    EXPECT_LT(deviation(static_cast<double>(lost) / kFlows, 0.05, kFlows), 4.5);
  }
}

TEST(Loss, OneInAThousandTooManyIsSeen) {
  const auto lost = losses({0.011}, 3, 1'500'000);
  EXPECT_GT(deviation(share_of(lost), 0.010, lost.size()), 4.5);
}

TEST(Loss, CorrelationKeepsTheShareAndMakesBursts) {
  for (const double correlation : {0.1, 0.25, 0.6, 0.9}) {
    const auto lost = losses({0.1, correlation}, 2, 400'000);
    EXPECT_LT(deviation(share_of(lost), 0.1, lost.size(), correlation), 4.5) << correlation;
    // Lost again after a loss: 0.1 + c 0.9, so bursts are geometric with that.
    const double expected = 1 / (0.9 * (1 - correlation));
    EXPECT_NEAR(mean_burst(lost), expected, 0.05 * expected) << correlation;
  }
}

TEST(GilbertElliott, HasTheLossAndTheBurstsOfTheory) {
  const GilbertElliott models[] = {
      {0.01, 0.25, 0, 1}, {0.001, 0.1, 0, 1}, {0.05, 0.5, 0.3, 0.99}, {0.02, 0.2, 0.5, 0.999}};
  for (const GilbertElliott& model : models) {
    for (std::uint64_t flow = 1; flow <= 3; ++flow) {
      const auto lost = losses({0, 0, model}, flow, 1'000'000);
      const double bad = model.p / (model.p + model.r);
      const double expected = bad * (1 - model.h) + (1 - bad) * (1 - model.k);
      // The states' correlation is an upper bound of that of the losses.
      EXPECT_LT(deviation(share_of(lost), expected, lost.size(), 1 - model.p - model.r), 4.5) << model.p << " " << flow;
      if (model.h == 0 && model.k == 1) {
        EXPECT_NEAR(mean_burst(lost), 1 / model.r, 0.05 / model.r) << model.p;
      }
    }
  }
}

TEST(GilbertElliott, BurstLengthsAreGeometric) {
  const auto lost = losses({0, 0, GilbertElliott{0.02, 0.3, 0, 1}}, 9, 2'000'000);
  std::vector<double> count(12);
  double bursts = 0;
  for (std::size_t i = 0; i < lost.size();) {
    std::size_t length = 0;
    while (i + length < lost.size() && lost[i + length]) ++length;
    if (length > 0) {
      ++bursts;
      ++count[std::min(length, count.size() - 1)];
    }
    i += length + 1;
  }
  double chi_square = 0;
  for (std::size_t length = 1; length < count.size(); ++length) {
    const double share = length + 1 < count.size() ? 0.3 * std::pow(0.7, static_cast<double>(length) - 1)
                                                   : std::pow(0.7, static_cast<double>(length) - 1);
    const double expected = share * bursts;
    chi_square += (count[length] - expected) * (count[length] - expected) / expected;
  }
  EXPECT_LT(chi_square, 31);  // 10 degrees of freedom: exceeded once in 1,700 times
}

std::vector<double> delays(const DelaySettings& settings, std::uint64_t flow, std::size_t packets) {
  FlowState state;
  std::vector<double> milliseconds;
  for (state.packets = 0; state.packets < packets; ++state.packets) {
    const double place = draw_place(settings, PacketRandom(flow, state.packets), state);
    milliseconds.push_back(std::chrono::duration<double, std::milli>(delay_at(settings, place)).count());
  }
  return milliseconds;
}

/// Kolmogorov's distance between what was drawn and a distribution, times the root of the number drawn: above 1.95 once
/// in 1,000 times.
template <typename Distribution>
double distance(std::vector<double> drawn, const Distribution& share_below) {
  std::sort(drawn.begin(), drawn.end());
  const auto count = static_cast<double>(drawn.size());
  double most = 0;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const double share = share_below(drawn[i]);
    most = std::max(
        {most, std::abs(share - static_cast<double>(i) / count), std::abs(share - static_cast<double>(i + 1) / count)});
  }
  return most * std::sqrt(count);
}

double correlation_of(const std::vector<double>& values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  double both = 0;
  double own = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    own += (values[i] - mean) * (values[i] - mean);
    if (i > 0) both += (values[i] - mean) * (values[i - 1] - mean);
  }
  return both / own;
}

double uniform_share(double value) { return std::clamp((value - 8) / 4, 0.0, 1.0); }
double normal_share(double value) { return 0.5 * std::erfc(-(value - 10) / 2 / std::sqrt(2.0)); }

TEST(Jitter, IsUniform) {
  const DelaySettings settings{10ms, 2ms};
  for (std::uint64_t flow = 1; flow <= 10; ++flow) {
    const auto drawn = delays(settings, flow, 50'000);
    EXPECT_LT(distance(drawn, uniform_share), 1.95);
    EXPECT_GE(*std::min_element(drawn.begin(), drawn.end()), 8);
    EXPECT_LE(*std::max_element(drawn.begin(), drawn.end()), 12);
    EXPECT_LT(std::abs(correlation_of(drawn)), 0.02);
  }
}

TEST(Jitter, IsNormal) {
  const DelaySettings settings{10ms, 2ms, Distribution::normal};
  for (std::uint64_t flow = 1; flow <= 10; ++flow)
    EXPECT_LT(distance(delays(settings, flow, 50'000), normal_share), 1.95);
}

TEST(Jitter, TheWrongDistributionIsSeen) {
  EXPECT_GT(distance(delays({10ms, 2ms}, 1, 50'000), normal_share), 1.95);
  EXPECT_GT(distance(delays({10ms, 2100us}, 1, 50'000), uniform_share), 1.95);
}

TEST(Jitter, FollowsATable) {
  DelaySettings settings{10ms, 1ms, Distribution::table};
  settings.table = std::make_shared<const std::vector<double>>(std::vector<double>{-2, 0, 0, 4});
  const auto drawn = delays(settings, 1, 40'000);
  for (const auto& [value, share] : {std::pair(8.0, 0.25), {10.0, 0.5}, {14.0, 0.25}}) {
    const auto count = std::count(drawn.begin(), drawn.end(), value);
    EXPECT_LT(deviation(static_cast<double>(count) / 40'000, share, 40'000), 4.5) << value;
  }
}

TEST(Jitter, CorrelationLeavesTheDistributionAsItIs) {
  for (const double correlation : {0.25, 0.7, 0.95}) {
    DelaySettings settings{10ms, 2ms};
    settings.correlation = correlation;
    const auto uniform = delays(settings, 4, 100'000);
    EXPECT_NEAR(correlation_of(uniform), correlation, 0.02);
    settings.distribution = Distribution::normal;
    const auto normal = delays(settings, 4, 100'000);
    EXPECT_NEAR(correlation_of(normal), correlation, 0.02);
    // Correlated draws count for fewer.
    const double worth = std::sqrt((1 - correlation) / (1 + correlation));
    EXPECT_LT(distance(uniform, uniform_share) * worth, 1.95);
    EXPECT_LT(distance(normal, normal_share) * worth, 1.95);
  }
}

TEST(Jitter, NeverMakesADelayNegative) {
  const auto drawn = delays({1ms, 2ms, Distribution::normal}, 1, 10'000);
  EXPECT_EQ(*std::min_element(drawn.begin(), drawn.end()), 0);
  EXPECT_EQ(least_delay({1ms, 2ms, Distribution::normal}), 0ns);
  EXPECT_EQ(least_delay({10ms, 2ms}), 8ms);
}

TEST(PacketRandom, AreEvenAndIndependentOfOneAnother) {
  std::vector<double> loss;
  std::vector<double> reorder;
  double both = 0;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    const PacketRandom random(7, i);
    loss.push_back(random.share(PacketRandom::Purpose::loss));
    reorder.push_back(random.share(PacketRandom::Purpose::reorder));
    both += (loss.back() - 0.5) * (reorder.back() - 0.5) * 12;
  }
  EXPECT_LT(distance(loss, [](double value) { return value; }), 1.95);
  EXPECT_LT(distance(reorder, [](double value) { return value; }), 1.95);
  EXPECT_LT(std::abs(both / 50'000), 0.02);
}

}  // namespace
}  // namespace wireproof::wire
