#include "eliza/engine.hpp"

#include <algorithm>
#include <charconv>

namespace wireproof::eliza {
namespace {

constexpr std::size_t kMostMemories = 8;
constexpr int kMostJumps = 16;  // a script may send keywords round in a circle

/// SplitMix64's mixing function: neighbouring inputs give unrelated outputs.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

/// A keyword found in a clause.
struct Candidate {
  const Keyword* keyword;
  const Words* clause;
};

}  // namespace

Engine::Engine(const Script& script, std::uint64_t seed) : script_(script), turns_(script.lists, 0) {
  if (seed == 0) return;
  for (std::size_t list = 0; list < turns_.size(); ++list) turns_[list] = mix(mix(seed) + list) % 1024;
}

Reply Engine::answer(std::string_view line, bool cut) {
  std::vector<Words> clauses = clauses_of(cleaned(line));
  for (auto& clause : clauses) {
    clause = script_.before(clause);
    if (script_.quit.contains(joined_keys(clause))) return {script_.farewell, true};
  }
  const std::string response = clauses.empty() ? next(script_.empty).text : respond(clauses);
  return {cut ? next(script_.too_long).text + " " + response : response};
}

std::string Engine::respond(const std::vector<Words>& clauses) {
  std::vector<Candidate> candidates;
  for (const auto& clause : clauses) {
    std::set<std::size_t> seen;
    for (const auto& word : clause) {
      const auto found = script_.triggers.find(word.key);
      if (found == script_.triggers.end() || !seen.insert(found->second).second) continue;
      candidates.push_back({&script_.keywords[found->second], &clause});
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& left, const Candidate& right) {
    return left.keyword->rank > right.keyword->rank;
  });
  for (const auto& [keyword, clause] : candidates) {
    if (auto response = try_keyword(*keyword, *clause)) return *response;
  }
  if (memories_.empty()) return next(script_.fallbacks).text;
  std::string memory = std::move(memories_.front());
  memories_.pop_front();
  return memory;
}

std::optional<std::string> Engine::try_keyword(const Keyword& first, const Words& clause) {
  const Keyword* keyword = &first;
  for (int jumps = 0; jumps < kMostJumps; ++jumps) {
    const Answer* answer = nullptr;
    for (const auto& rule : keyword->rules) {
      const auto captures = decompose(rule.pattern, clause, script_);
      if (!captures) continue;
      for (const auto& memory : rule.memories) {
        memories_.push_back(say(memory, *captures));
        if (memories_.size() > kMostMemories) memories_.pop_front();
      }
      answer = &next(rule.turns);
      if (!answer->jump) return say(answer->text, *captures);
      break;
    }
    if (answer == nullptr) return std::nullopt;
    keyword = &script_.keywords[script_.triggers.at(answer->text)];
  }
  return std::nullopt;
}

const Answer& Engine::next(const Turns& turns) { return turns.answers[turns_[turns.id]++ % turns.answers.size()]; }

std::string Engine::say(std::string_view text, const std::vector<Words>& captures) const {
  std::string said;
  for (;;) {
    const std::size_t open = text.find('{');
    said += text.substr(0, open);
    if (open == std::string_view::npos) return said;
    std::size_t index = 0;
    const std::size_t close = text.find('}', open);
    std::from_chars(text.data() + open + 1, text.data() + close, index);
    said += joined(script_.after(captures.at(index - 1)));
    text.remove_prefix(close + 1);
  }
}

std::optional<std::vector<Words>> decompose(const std::vector<Element>& pattern, const Words& clause,
                                            const Script& script) {
  struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  std::vector<Span> spans(pattern.size());
  const auto is_run = [&](std::size_t i) { return pattern[i].kind >= Element::Kind::any; };
  const auto fits = [&](const Element& element, const Word& word) {
    return element.kind == Element::Kind::word ? element.name == word.key
                                               : script.groups.at(element.name).contains(word.key);
  };
  // Only the last run of words ever needs to grow: what fits before it fits whatever it takes.
  std::optional<std::size_t> run;
  std::size_t place = 0;
  std::size_t word = 0;
  while (place < pattern.size() || word < clause.size()) {
    if (place < pattern.size() && is_run(place)) {
      const std::size_t least = pattern[place].kind == Element::Kind::some ? 1 : 0;
      if (word + least > clause.size()) return std::nullopt;
      run = place;
      spans[place] = {word, word + least};
      word += least;
      ++place;
    } else if (place < pattern.size() && word < clause.size() && fits(pattern[place], clause[word])) {
      spans[place++] = {word, word + 1};
      ++word;
    } else {
      if (!run || spans[*run].end >= clause.size()) return std::nullopt;
      word = ++spans[*run].end;
      place = *run + 1;
    }
  }
  std::vector<Words> captures;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].kind == Element::Kind::word) continue;
    const auto first = clause.begin();
    captures.emplace_back(first + static_cast<std::ptrdiff_t>(spans[i].begin),
                          first + static_cast<std::ptrdiff_t>(spans[i].end));
  }
  return captures;
}

}  // namespace wireproof::eliza
