#include "services/product/shelf.hpp"

#include "aio/yield.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::product {
namespace {

// As much as a loop does between two answers.
constexpr std::size_t batch = 500;
// A store that does not answer is not waited for again in this time.
constexpr std::chrono::seconds patience{1};

}  // namespace

bool Shelf::is_news(contracts::ProductId id, std::int64_t change) {
    std::int64_t& last = changes_[id];
    if (change <= last) {
        return false;
    }
    last = change;
    return true;
}

void Shelf::put(contracts::Product product) {
    if (const ProductPtr before = catalogue_->find(product.id)) {
        for (const contracts::Variant& variant : before->variants) {
            variants_.erase(variant.id);
        }
    }
    for (const contracts::Variant& variant : product.variants) {
        variants_[variant.id] = product.id;
    }
    const auto made = std::make_shared<const contracts::Product>(std::move(product));
    catalogue_->put(made);
    suggester_.put(made);
}

void Shelf::apply(const Record& record) {
    if (is_news(record.id, record.change)) {
        put(to_product(record));
    }
}

void Shelf::apply(const StockMove& move) {
    const ProductPtr product = catalogue_->find(move.id);
    if (product && is_news(move.id, move.change)) {
        put(with_stock(*product, move.forms));
    }
}

void Shelf::apply_removed(contracts::ProductId id, std::int64_t change) {
    if (!is_news(id, change)) {
        return;
    }
    if (const ProductPtr product = catalogue_->find(id)) {
        for (const contracts::Variant& variant : product->variants) {
            variants_.erase(variant.id);
        }
        catalogue_->remove(id);
        suggester_.remove(id);
    }
}

void Shelf::begin_anew() {
    catalogue_.emplace(synonyms_);
    suggester_ = {};
    changes_.clear();
    variants_.clear();
    read_ = {};
}

Task<void> Shelf::catch_up() {
    for (bool is_all = false; !is_all;) {
        const Changes changes = co_await store_.changes_after(read_, batch);
        if (changes.is_too_late) {
            begin_anew();
            continue;
        }
        for (const Record& record : changes.records) {
            apply(record);
        }
        for (const contracts::ProductId id : changes.removed) {
            apply_removed(id, changes.read.change);
        }
        // Another turn of this may have come further.
        if (changes.read.change >= read_.change) {
            read_ = changes.read;
        }
        is_all = changes.is_all;
        co_await aio::yield();
    }
}

bool Shelf::is_away() const { return std::chrono::steady_clock::now() < away_until_; }

Task<void> Shelf::be_fresh() {
    if (sharing_ == Sharing::alone || is_away()) {
        co_return;
    }
    try {
        const std::int64_t last = co_await store_.last_change();
        if (last > read_.change) {
            co_await catch_up();
        }
    } catch (const Failure& failure) {
        away_until_ = std::chrono::steady_clock::now() + patience;
        log_warn({.service = "product"}, "what others changed cannot be read",
                 {{"code", failure.code}, {"detail", failure.detail}});
    }
}

Catalogue::Coded Shelf::find(std::string_view ref) const {
    constexpr std::string_view table = "product:";
    const std::string_view bare = ref.starts_with(table) ? ref.substr(table.size()) : ref;
    if (const auto id = contracts::ProductId::parse(bare)) {
        if (ProductPtr product = catalogue_->find(*id)) {
            return {std::move(product), std::nullopt};
        }
        const contracts::VariantId variant{id->uuid};
        if (const auto of = variants_.find(variant); of != variants_.end()) {
            return {catalogue_->find(of->second), variant};
        }
    }
    return catalogue_->find_code(ref);
}

Catalogue::Coded Shelf::get(std::string_view ref) const {
    Catalogue::Coded found = find(ref);
    if (!found.product) {
        throw Failure{Kind::not_found, "product.not_found", "There is no such product."};
    }
    return found;
}

}  // namespace loquat::product
