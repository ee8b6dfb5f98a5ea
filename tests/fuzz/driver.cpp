// Runs a libFuzzer target without libFuzzer: files given on the command line first, then seeded inputs, half of them
// random and half mutations of earlier ones. Same seed, same inputs. A target may tell what its inputs are to have
// reached.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
/// What no input has reached so far; empty when nothing is left.
extern "C" __attribute__((weak)) const char* not_reached();

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
  for (auto rounds = 1 + random() % 4; rounds > 0; --rounds) {
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

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t runs = kRuns;
  std::uint64_t seed = 1;
  std::vector<Input> corpus;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if ((word == "--runs" || word == "--seed") && i + 1 < argc) {
      (word == "--runs" ? runs : seed) = std::strtoull(argv[++i], nullptr, 10);
      continue;
    }
    std::ifstream file(word, std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "fuzz driver: cannot read %s\n", word.c_str());
      return 2;
    }
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  for (const auto& input : corpus) LLVMFuzzerTestOneInput(input.data(), input.size());
  std::mt19937_64 random(seed);
  for (std::uint64_t i = 0; i < runs; ++i) {
    Input input = corpus.empty() || random() % 2 == 0 ? random_input(random) : corpus[random() % corpus.size()];
    mutate(input, random);
    LLVMFuzzerTestOneInput(input.data(), input.size());
    if (corpus.size() < 256) {
      corpus.push_back(std::move(input));
    } else if (random() % 64 == 0) {
      corpus[random() % corpus.size()] = std::move(input);
    }
  }
  const std::string missed = not_reached != nullptr && runs >= kRuns ? not_reached() : "";
  if (!missed.empty()) {
    std::fprintf(stderr, "fuzz driver: no input reached %s\n", missed.c_str());
    return 1;
  }
  std::printf("%llu inputs, seed %llu: no crash\n", static_cast<unsigned long long>(runs),
              static_cast<unsigned long long>(seed));
  return 0;
}
