#pragma once
// Addresses in Boost.Asio's form.

#include <boost/asio/ip/basic_endpoint.hpp>

#include <cstring>

#include "net/address.hpp"

namespace wireproof {

template <typename Protocol>
boost::asio::ip::basic_endpoint<Protocol> asio_endpoint(const Address& address) {
  const SocketAddress system = address.for_socket();
  boost::asio::ip::basic_endpoint<Protocol> endpoint;
  endpoint.resize(system.length);
  std::memcpy(endpoint.data(), &system.storage, system.length);
  return endpoint;
}

template <typename Protocol>
Address address_of(const boost::asio::ip::basic_endpoint<Protocol>& endpoint) {
  SocketAddress system;
  std::memcpy(&system.storage, endpoint.data(), endpoint.size());
  return Address::of(system);
}

}  // namespace wireproof
