#pragma once
#include <memory>

#include "net/crypto/text_cipher.hpp"
#include "runtime/config/config.hpp"
#include "services/config/config.hpp"

namespace loquat::config {

// What limits of single settings cannot say.
void check_config(const runtime::Config& config, runtime::ConfigFindings& findings);

// The cipher of these keys; null when there are none.  Throws Failure `cipher.bad_key` (invalid).
std::unique_ptr<net::TextCipher> make_cipher(const EncryptConfig& config);

}  // namespace loquat::config
