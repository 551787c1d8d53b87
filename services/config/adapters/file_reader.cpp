#include "services/config/adapters/file_reader.hpp"

#include "base/failure.hpp"
#include "services/config/adapters/yaml_reader.hpp"
#include "services/config/domain/properties.hpp"

namespace loquat::config {

std::vector<Document> FileReader::read(std::string_view path, std::string_view text) const {
    constexpr std::size_t bytes_max = 1024 * 1024;
    if (text.size() > bytes_max) {
        throw Failure{Kind::invalid, "config.malformed", "it is larger than 1 MiB"};
    }
    return path.ends_with(".properties") ? read_properties(text) : read_yaml(text);
}

}  // namespace loquat::config
