// Runs a libFuzzer target without libFuzzer: the files of its folder in inputs/ first, then seeded inputs, most of them
// mutations of those. Same seed, same inputs. Fails when a goal of the target (goals.hpp) is not reached often enough.
// With files on the command line it runs those and nothing else.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "goals.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::uint64_t kRuns = 10000;  ///< as many reach what they are to reach

Input random_input(std::mt19937_64& random) {
  Input input(random() % (random() % 16 == 0 ? 4096 : 64));
  for (auto& byte : input) byte = static_cast<std::uint8_t>(random());
  return input;
}

void mutate(Input& input, std::mt19937_64& random) {
  static constexpr std::uint8_t kEdges[] = {0x00, 0x01, 0x7F, 0x80, 0xFF, '\n', '\r', ' ', '0', '9'};
  for (auto rounds = 1U << random() % 3; rounds > 0; --rounds) {
    const std::size_t at = input.empty() ? 0 : random() % input.size();
    switch (random() % 5) {
      case 0:
        if (!input.empty()) input[at] ^= static_cast<std::uint8_t>(1U << (random() % 8));
        break;
      case 1:
        if (!input.empty()) input[at] = kEdges[random() % std::size(kEdges)];
        break;
      case 2:
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), kEdges[random() % std::size(kEdges)]);
        break;
      case 3:
        input.resize(at);
        break;
      default: {
        const Input copy(input.begin() + static_cast<std::ptrdiff_t>(at), input.end());
        input.insert(input.end(), copy.begin(), copy.end());
        if (input.size() > 65536) input.resize(65536);
      }
    }
  }
}

Input read_input(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "fuzz driver: cannot read %s\n", path.c_str());
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<Input> kept_inputs(const std::string& target) {
  std::vector<std::filesystem::path> paths;
  const auto folder = std::filesystem::path(__FILE__).parent_path() / "inputs" / target;
  if (std::filesystem::exists(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Input> inputs;
  std::transform(paths.begin(), paths.end(), std::back_inserter(inputs), read_input);
  return inputs;
}

void run(const Input& input) {
  LLVMFuzzerTestOneInput(input.data(), input.size());
  for (auto* const goal : wireproof::fuzz::Goal::all()) goal->end_run();
}

/// Whether every goal was reached by its share of the runs; tells each.
bool goals_reached(std::uint64_t runs) {
  bool all = true;
  for (const auto* const goal : wireproof::fuzz::Goal::all()) {
    const double percent = 100 * static_cast<double>(goal->runs()) / static_cast<double>(runs);
    const bool enough = percent >= goal->percent();
    std::printf("%5.1f %% of the runs: %s%s\n", percent, goal->name(), enough ? "" : ", too few");
    if (!enough) std::printf("        at least %.1f %% are wanted\n", goal->percent());
    all = all && enough;
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t runs = kRuns;
  std::uint64_t seed = 1;
  std::vector<Input> given;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if ((word == "--runs" || word == "--seed") && i + 1 < argc) {
      (word == "--runs" ? runs : seed) = std::strtoull(argv[++i], nullptr, 10);
    } else {
      given.push_back(read_input(word));
    }
  }
  for (const Input& input : given) run(input);
  if (!given.empty()) return 0;
  const std::vector<Input> kept = kept_inputs(std::filesystem::path(argv[0]).filename());
  for (const Input& input : kept) run(input);
  std::mt19937_64 random(seed);
  std::vector<Input> grown;
  for (std::uint64_t i = 0; i < runs; ++i) {
    // Most begin with what is kept, so that they do not drift away; some with what grew of it, and some anywhere.
    const auto way = random() % 8;
    Input input = way < 5 && !kept.empty()    ? kept[random() % kept.size()]
                  : way < 7 && !grown.empty() ? grown[random() % grown.size()]
                                              : random_input(random);
    mutate(input, random);
    run(input);
    if (grown.size() < 256) {
      grown.push_back(std::move(input));
    } else if (random() % 64 == 0) {
      grown[random() % grown.size()] = std::move(input);
    }
  }
  std::printf("%zu kept inputs and %llu more, seed %llu: no crash\n", kept.size(),
              static_cast<unsigned long long>(runs), static_cast<unsigned long long>(seed));
  return goals_reached(kept.size() + runs) ? 0 : 1;
}
