#pragma once
// Heads and blocks that were read and found right, in a bounded memory: what is asked for often is checked once.

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "http_cache/store.hpp"
#include "http_cache/stored_response.hpp"
#include "random/random.hpp"

namespace wireproof::http_cache {

using BlockPointer = std::shared_ptr<const std::string>;

/// Forgets what was used least recently. What somebody still holds lives on, and does not count any more.
class BlockMemory {
 public:
  explicit BlockMemory(std::uint64_t most) : most_(most) {}

  /// Null: not here.
  StoredPointer head(std::uint64_t id) {
    const auto* item = find({id, kHead});
    return item ? item->head : nullptr;
  }
  BlockPointer block(std::uint64_t id, std::uint64_t index) {
    const auto* item = find({id, index});
    return item ? item->block : nullptr;
  }
  void keep(const StoredPointer& head) {
    std::uint64_t bytes = 512 + head->key.size();
    for (const auto* fields : {&head->head.fields, &head->request_fields}) {
      for (const auto& field : *fields) bytes += sizeof field + field.name.size() + field.value.size();
    }
    insert({{head->id, kHead}, bytes, head, nullptr});
  }
  void keep(std::uint64_t id, std::uint64_t index, BlockPointer block) {
    const std::uint64_t bytes = 256 + block->size();
    insert({{id, index}, bytes, nullptr, std::move(block)});
  }
  /// All of an entry with a body of so many bytes.
  void forget(std::uint64_t id, std::uint64_t body) {
    erase({id, kHead});
    if (!takes(body)) return;
    for (std::uint64_t i = 0; i * kBlock < body; ++i) erase({id, i});
  }

  /// Whether blocks of such a body are kept: one that is no more than a sixteenth of all.
  bool takes(std::uint64_t body) const { return body <= most_ / 16; }
  std::uint64_t size() const { return size_; }

 private:
  static constexpr std::uint64_t kHead = ~std::uint64_t{0};

  struct Key {
    std::uint64_t id;
    std::uint64_t index;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const { return mixed(key.id, key.index); }
  };
  struct Item {
    Key key;
    std::uint64_t bytes;
    StoredPointer head;
    BlockPointer block;
  };

  const Item* find(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    items_.splice(items_.begin(), items_, found->second);
    return &*found->second;
  }
  void insert(Item item) {
    erase(item.key);
    if (item.bytes > most_) return;
    size_ += item.bytes;
    items_.push_front(std::move(item));
    places_[items_.front().key] = items_.begin();
    while (size_ > most_) erase(Key(items_.back().key));
  }
  void erase(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return;
    size_ -= found->second->bytes;
    items_.erase(found->second);
    places_.erase(found);
  }

  std::uint64_t most_;
  std::uint64_t size_ = 0;
  std::list<Item> items_;  ///< the one used last first
  std::unordered_map<Key, std::list<Item>::iterator, Hash> places_;
};

}  // namespace wireproof::http_cache
