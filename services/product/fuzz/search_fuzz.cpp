#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.hpp"
#include "base/text.hpp"
#include "services/product/demo/demo.hpp"
#include "services/product/domain/record.hpp"
#include "services/product/import/import_file.hpp"
#include "services/product/search/highlights.hpp"
#include "services/product/search/suggester.hpp"

using namespace loquat;
using namespace loquat::product;

namespace {

struct World {
    Synonyms synonyms;
    Catalogue catalogue{synonyms};
    Suggester suggester;

    World() {
        ImportFile file{ImportFormat::json, demo_products()};
        while (const auto line = file.next()) {
            Record record{.id = contracts::ProductId::make(), .input = *line->product};
            record.forms = {{.variant = {}, .counted = 1}};
            const auto product = std::make_shared<const contracts::Product>(to_product(record));
            catalogue.put(product);
            suggester.put(product);
        }
    }
};

World& world() {
    static World one;
    return one;
}

void check_highlights(const contracts::Product& product, const std::vector<std::string>& words) {
    const auto size_of = [&product](const std::string& field) {
        const std::string& text = field == "name"       ? product.name
                                  : field == "brand"    ? *product.brand
                                  : field == "category" ? *product.category
                                                        : product.description;
        return static_cast<std::int64_t>(count_characters(text));
    };
    for (const contracts::Highlight& one : highlights_of(product, words)) {
        LOQUAT_CHECK(
            one.start >= 0 && one.length > 0 && one.start + one.length <= size_of(one.field),
            "a highlight is inside of its text");
    }
}

}  // namespace

// Questions: found once each, in order, highlighted inside of their texts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(data), size};
    if (!is_utf8(text)) {
        return 0;
    }
    const Search wanted{.question = text, .filters = {}, .facets = {"brand", "price"}, .limit = 20};
    const Found found = world().catalogue.search(wanted);
    LOQUAT_CHECK(found.items.size() <= found.total, "what is shown is found");
    for (std::size_t i = 0; i < found.items.size(); ++i) {
        LOQUAT_CHECK(i == 0 || found.items[i - 1].score >= found.items[i].score, "best first");
        check_highlights(*found.items[i].product, found.words);
    }
    LOQUAT_CHECK(world().suggester.suggest(text, 8).size() <= 8, "as many as were asked for");
    return 0;
}
