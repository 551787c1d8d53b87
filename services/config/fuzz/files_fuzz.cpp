#include "base/check.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "services/config/adapters/yaml_reader.hpp"
#include "services/config/domain/environment.hpp"
#include "services/config/domain/profile_rule.hpp"
#include "services/config/domain/properties.hpp"
#include "services/config/front/writers.hpp"

// Properties: what is read and written as properties reads the same; trees of whatever names have
// an end; placeholders and rules do.

namespace {

using namespace loquat;
using namespace loquat::config;

template <class Work>
void attempt(Work work) {
    try {
        work();
    } catch (const Failure&) {
    }
}

void check_properties(std::string_view text) {
    const auto documents = read_properties(text);
    if (documents.size() != 1) {
        return;
    }
    bool is_plain = true;  // names are written as Spring does, without escapes of their own
    for (const Entry& entry : documents[0].entries) {
        is_plain = is_plain && !entry.key.empty() &&
                   entry.key.find_first_of("=: \t\f\r\n\\") == std::string::npos &&
                   entry.key.find_first_of("#!") != 0 &&
                   entry.value.if_string()->find('\f') == std::string::npos;
    }
    const auto again = read_properties(write_properties(documents[0].entries));
    LOQUAT_CHECK(!is_plain || again[0].entries.size() == documents[0].entries.size(),
                 "properties do not read back");
    for (std::size_t i = 0; is_plain && i < again[0].entries.size(); ++i) {
        LOQUAT_CHECK(
            *again[0].entries[i].value.if_string() == *documents[0].entries[i].value.if_string(),
            "a value does not read back");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    attempt([&] { check_properties(text); });
    attempt([&] {
        for (const Document& document : read_yaml(text)) {
            const std::string yaml = to_yaml(to_tree(document.entries));
            LOQUAT_CHECK(!yaml.empty(), "a tree of nothing");
            Placeholders placeholders{document.entries};
            for (const Entry& entry : document.entries) {
                if (const std::string* value = entry.value.if_string()) {
                    attempt([&] { placeholders.resolve(*value); });
                }
            }
        }
    });
    attempt([&] {
        const std::vector<std::string> profiles{"dev", "eu"};
        holds(text, profiles);
    });
    return 0;
}
