#include "simulation/network.hpp"

#include <fmt/format.h>

namespace wireproof::simulation {

std::string text_of(const Conditions& conditions) {
  return fmt::format("the network loses {} %, duplicates {} %, delays {} %", conditions.loss, conditions.duplicates,
                     conditions.late);
}

}  // namespace wireproof::simulation
