#include "services/product/importer.hpp"

#include <algorithm>

#include "aio/yield.hpp"
#include "services/product/domain/input.hpp"

namespace loquat::product {
namespace {

using contracts::ImportError;
using contracts::ImportReport;

constexpr std::size_t batch = 250;
constexpr std::size_t errors_max = 1'000;

void add_error(ImportReport& report, ImportError error) {
    ++report.failed;
    if (report.errors.size() < errors_max) {
        report.errors.push_back(std::move(error));
    }
}

void add_outcome(ImportReport& report, std::int64_t line, Upserted outcome) {
    switch (outcome) {
        case Upserted::created:
            ++report.created;
            break;
        case Upserted::updated:
            ++report.updated;
            break;
        case Upserted::sku_taken:
            add_error(report, {.line = line,
                               .code = "product.sku_taken",
                               .field = "sku",
                               .message = "A variant of another product has this SKU."});
            break;
    }
}

}  // namespace

std::vector<Upserted> Importer::foresee(const Lines& lines) const {
    std::vector<Upserted> each;
    const auto owner_of = [this](const std::string& sku) -> ProductPtr {
        const Catalogue::Coded found = shelf_.catalogue().find_code(sku);
        const bool is_its = found.product &&
                            (found.product->sku == sku ||
                             std::ranges::any_of(found.product->variants, [&](const auto& variant) {
                                 return variant.sku == sku;
                             }));
        return is_its ? found.product : nullptr;
    };
    for (const contracts::UpsertLine& line : lines) {
        const ProductPtr owner = owner_of(line.product.sku);
        const bool is_variants = owner && owner->sku != line.product.sku;
        const auto is_others = [&](const contracts::VariantInput& variant) {
            const ProductPtr other = owner_of(variant.sku);
            return other && other != owner;
        };
        const bool is_taken = is_variants || std::ranges::any_of(line.product.variants, is_others);
        each.push_back(is_taken ? Upserted::sku_taken
                       : owner  ? Upserted::updated
                                : Upserted::created);
    }
    return each;
}

Task<void> Importer::write(Lines lines, ImportRun run, ImportReport& report) {
    if (lines.empty()) {
        co_return;
    }
    std::vector<Upserted> each;
    if (run == ImportRun::dry) {
        each = foresee(lines);
    } else {
        std::vector<contracts::ProductInput> inputs;
        for (contracts::UpsertLine& line : lines) {
            inputs.push_back(std::move(line.product));
        }
        CatalogueStore::Batch written = co_await store_.upsert(std::move(inputs), clock_.now());
        for (const Record& record : written.records) {
            shelf_.apply(record);
        }
        each = std::move(written.each);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        add_outcome(report, lines[i].line, each[i]);
    }
}

Task<ImportReport> Importer::import_text(std::string text, ImportRun run) {
    ImportFile file{format_of(text), text};
    ImportReport report;
    Lines lines;
    for (bool is_end = false; !is_end;) {
        auto line = file.next();
        is_end = !line;
        if (line && line->product) {
            lines.push_back({static_cast<std::int64_t>(line->line), *std::move(line->product)});
        } else if (line) {
            add_error(report, std::move(line->error));
        }
        if (lines.size() == batch || is_end) {
            co_await write(std::exchange(lines, {}), run, report);
            co_await aio::yield();
        }
    }
    std::ranges::sort(report.errors, {}, &ImportError::line);
    co_return report;
}

Task<ImportReport> Importer::import_lines(Lines lines, ImportRun run) {
    ImportReport report;
    Lines good;
    for (contracts::UpsertLine& line : lines) {
        try {
            check_input(line.product);
            good.push_back(std::move(line));
        } catch (const Failure& failure) {
            add_error(report, to_import_error(static_cast<std::size_t>(line.line), failure));
        }
    }
    co_await write(std::move(good), run, report);
    std::ranges::sort(report.errors, {}, &ImportError::line);
    co_return report;
}

}  // namespace loquat::product
