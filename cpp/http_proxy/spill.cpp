#include "http_proxy/spill.hpp"

#include <algorithm>

namespace wireproof::http_proxy {

void Spill::forget(std::uint64_t offset) {
  if (offset <= begin_) return;
  const auto gone = static_cast<std::size_t>(std::min<std::uint64_t>(offset - begin_, bytes_.size()));
  bytes_.erase(0, gone);
  begin_ += gone;
}

std::optional<std::string_view> Spill::read(std::uint64_t offset) const {
  if (offset < begin_) return std::nullopt;
  return std::string_view(bytes_).substr(std::min<std::uint64_t>(offset - begin_, bytes_.size()));
}

}  // namespace wireproof::http_proxy
