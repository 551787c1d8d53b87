#pragma once
#include "services/config/ports.hpp"

namespace loquat::config {

// YAML by its ending, else properties; a file of settings has at most 1 MiB.
class FileReader final : public ReaderPort {
  public:
    std::vector<Document> read(std::string_view path, std::string_view text) const override;
};

}  // namespace loquat::config
