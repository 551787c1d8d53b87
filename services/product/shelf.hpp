#pragma once
#include <map>
#include <optional>

#include "services/product/ports.hpp"
#include "services/product/search/suggester.hpp"

namespace loquat::product {

// Whether other instances write to the same store.
enum class Sharing { alone, shared };

// The catalogue of this instance: all of the store in memory. What this instance writes it is told
// at once; what others write it reads from the store. One loop.
class Shelf {
  public:
    // Both outlive it.
    Shelf(CatalogueStore& store, const Synonyms& synonyms, Sharing sharing)
        : store_(store), synonyms_(synonyms), sharing_(sharing) {
        catalogue_.emplace(synonyms);
    }

    // Reads what was changed since the last time; at first everything.
    Task<void> catch_up();
    // Before something is read: all that was acknowledged before this call, by whichever instance,
    // is seen after it. While the store is away what is known has to do.
    Task<void> be_fresh();

    // What came late is passed over.
    void apply(const Record& record);
    void apply(const StockMove& move);
    void apply_removed(contracts::ProductId id, std::int64_t change);

    Catalogue& catalogue() { return *catalogue_; }
    const Catalogue& catalogue() const { return *catalogue_; }
    const Suggester& suggester() const { return suggester_; }

    // By id, SKU or EAN; also a variant's id or SKU.
    Catalogue::Coded find(std::string_view ref) const;
    // 404 `product.not_found`.
    Catalogue::Coded get(std::string_view ref) const;

  private:
    void put(contracts::Product product);
    void begin_anew();
    // Whether that is newer than what is known of the product, from now on.
    bool is_news(contracts::ProductId id, std::int64_t change);
    bool is_away() const;

    CatalogueStore& store_;
    const Synonyms& synonyms_;
    Sharing sharing_;
    std::optional<Catalogue> catalogue_;
    Suggester suggester_;
    std::map<contracts::ProductId, std::int64_t> changes_;  // the last one of each
    std::map<contracts::VariantId, contracts::ProductId> variants_;
    ReadUpTo read_;
    Steady away_until_{};
};

}  // namespace loquat::product
