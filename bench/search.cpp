#include "bench/search.hpp"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <random>

#include "base/text.hpp"
#include "services/product/domain/record.hpp"
#include "services/product/search/catalogue.hpp"
#include "services/product/search/suggester.hpp"

namespace loquat::bench {
namespace {

using product::Catalogue;
using product::ProductPtr;
using product::Suggester;
using Ratings = std::map<std::string, std::map<std::string, double>>;  // by query and SKU

constexpr std::size_t looked_at = 10;
constexpr std::size_t letters_for_a_mistake = 5;
constexpr int mistakes_a_query = 5;

template <class Visit>
void for_each_line(const std::string& file, Visit visit) {
    std::ifstream in{file};
    if (!in) {
        throw Failure{Kind::not_found, "bench.empty_file", "nothing to read in " + file};
    }
    for (std::string line; std::getline(in, line);) {
        if (!line.empty()) {
            visit(line);
        }
    }
}

struct World {
    product::Synonyms synonyms;
    Catalogue catalogue{synonyms};
    Suggester suggester;
    std::vector<ProductPtr> products;
    Ratings ratings;

    std::vector<std::string> find(const std::string& query) {
        std::vector<std::string> skus;
        const product::Search wanted{
            .question = query, .filters = {}, .facets = {}, .limit = looked_at};
        for (const auto& item : catalogue.search(wanted).items) {
            skus.push_back(item.product->sku);
        }
        return skus;
    }
};

ProductPtr read_product(const std::string& line) {
    product::Record record{.id = contracts::ProductId::make(),
                           .input = wire::from_json<contracts::ProductInput>(line),
                           .forms = {},
                           .updated_at = {}};
    record.forms = {{.variant = {}, .counted = record.input.stock}};
    return std::make_shared<const contracts::Product>(to_product(record));
}

// Of this thread's core, so that what else the machine does is not counted.
double cpu_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double gain(const std::vector<double>& ratings) {
    double sum = 0;
    for (std::size_t i = 0; i < std::min(looked_at, ratings.size()); ++i) {
        sum += ratings[i] / std::log2(static_cast<double>(i) + 2);
    }
    return sum;
}

// nDCG@10 with linear gain; what nobody rated counts 0.
double quality(const std::vector<std::string>& found, const std::map<std::string, double>& rated) {
    std::vector<double> got;
    for (const std::string& sku : found) {
        const auto rating = rated.find(sku);
        got.push_back(rating == rated.end() ? 0 : rating->second);
    }
    std::vector<double> best;
    for (const auto& [sku, rating] : rated) {
        best.push_back(rating);
    }
    std::ranges::sort(best, std::greater{});
    return gain(got) / gain(best);
}

// One letter of the longest word is left out, swapped, changed or put in; empty where all are
// short.
std::string with_mistake(const std::string& query, std::mt19937& random) {
    const auto words = split(query, ' ');
    const auto longest = std::ranges::max_element(words, {}, &std::string_view::size);
    if (longest->size() < letters_for_a_mistake) {
        return {};
    }
    std::string word{*longest};
    const std::size_t at = random() % word.size();
    const char letter = static_cast<char>('a' + random() % 26);
    switch (random() % 4) {
        case 0:
            word.erase(at, 1);
            break;
        case 1:
            std::swap(word[at], word[at + 1 < word.size() ? at + 1 : at - 1]);
            break;
        case 2:
            word[at] = letter;
            break;
        default:
            word.insert(at, 1, letter);
    }
    std::string changed;
    for (auto one = words.begin(); one != words.end(); ++one) {
        changed.append(changed.empty() ? "" : " ").append(one == longest ? word : *one);
    }
    return changed;
}

wire::Object times(std::vector<double> all) {
    std::ranges::sort(all);
    const auto at = [&all](double share) {
        return all.empty() ? 0 : all[static_cast<std::size_t>(share * double(all.size() - 1))];
    };
    return {{"p50_cpu_ms", at(0.5)}, {"p99_cpu_ms", at(0.99)}};
}

wire::Value measure_times(World& world, const std::vector<std::string>& queries,
                          std::size_t rounds) {
    std::vector<double> searches;
    std::vector<double> suggestions;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (const std::string& query : queries) {
            const auto began = cpu_ms();
            world.find(query);
            searches.push_back(cpu_ms() - began);
            for (std::size_t typed = 1; typed <= query.size(); ++typed) {
                const auto then = cpu_ms();
                world.suggester.suggest(std::string_view{query}.substr(0, typed), 8);
                suggestions.push_back(cpu_ms() - then);
            }
        }
    }
    return wire::Object{{"search", times(std::move(searches))},
                        {"suggest", times(std::move(suggestions))}};
}

wire::Value measure_quality(World& world) {
    std::mt19937 random{12'345};
    double sum = 0;
    double sum_of_mistaken = 0;
    std::int64_t mistaken = 0;
    std::int64_t nothing = 0;
    wire::Array worst;
    for (const auto& [query, rated] : world.ratings) {
        const double one = quality(world.find(query), rated);
        sum += one;
        if (one < 0.5) {
            worst.emplace_back(wire::Object{{"query", query}, {"ndcg", one}});
        }
        for (int i = 0; i < mistakes_a_query; ++i) {
            if (const std::string changed = with_mistake(query, random); !changed.empty()) {
                const auto found = world.find(changed);
                nothing += found.empty() ? 1 : 0;
                sum_of_mistaken += quality(found, rated);
                ++mistaken;
            }
        }
    }
    const auto queries = static_cast<std::int64_t>(world.ratings.size());
    return wire::Object{{"queries", queries},
                        {"ndcg", sum / static_cast<double>(queries)},
                        {"mistaken_queries", mistaken},
                        {"ndcg_mistaken", sum_of_mistaken / static_cast<double>(mistaken)},
                        {"mistaken_without_result", nothing},
                        {"worst", std::move(worst)}};
}

double share_of_codes_first(World& world) {
    std::size_t asked = 0;
    std::size_t first = 0;
    const auto ask = [&](const std::string& code, const auto& fits) {
        const product::Search wanted{.question = code, .filters = {}, .facets = {}, .limit = 1};
        const auto found = world.catalogue.search(wanted);
        ++asked;
        first += !found.items.empty() && fits(*found.items.front().product) ? 1 : 0;
    };
    for (const ProductPtr& one : world.products) {
        ask(one->sku, [&](const contracts::Product& found) { return found.sku == one->sku; });
        if (one->ean) {
            ask(*one->ean, [&](const contracts::Product& found) { return found.ean == one->ean; });
        }
    }
    return asked == 0 ? 0 : static_cast<double>(first) / static_cast<double>(asked);
}

void read_ratings(World& world, const std::string& file) {
    for_each_line(file, [&world](const std::string& line) {
        const wire::Value one = wire::parse(line);
        world.ratings[*one.find("query")->if_string()][*one.find("sku")->if_string()] =
            std::stod(wire::to_json(*one.find("rating")));
    });
    std::erase_if(world.ratings, [](const auto& query) {
        return std::ranges::none_of(query.second,
                                    [](const auto& rated) { return rated.second > 0; });
    });
}

std::vector<std::string> queries_of(const World& world) {
    std::vector<std::string> queries;
    for (const auto& [query, rated] : world.ratings) {
        queries.push_back(query);
    }
    constexpr std::size_t enough = 60;
    for (std::size_t i = 0; queries.size() < enough && i < world.products.size();
         i += 1 + world.products.size() / enough) {
        const auto words = split(world.products[i]->name, ' ');
        queries.push_back(std::string{words.front()} +
                          (words.size() > 1 ? " " + std::string{words.back()} : ""));
    }
    return queries;
}

}  // namespace

wire::Value measure_search(const SearchOptions& options) {
    World world;
    for_each_line(options.products_file, [&world](const std::string& line) {
        world.products.push_back(read_product(line));
    });
    const auto began = cpu_ms();
    for (const ProductPtr& product : world.products) {
        world.catalogue.put(product);
        world.suggester.put(product);
    }
    const double index_cpu_ms = cpu_ms() - began;
    wire::Value result =
        wire::Object{{"products", static_cast<std::int64_t>(world.products.size())},
                     {"index_cpu_ms", index_cpu_ms}};
    if (!options.ratings_file.empty()) {
        read_ratings(world, options.ratings_file);
        result.set("quality", measure_quality(world));
    }
    result.set("times", measure_times(world, queries_of(world), options.rounds));
    result.set("codes_first", share_of_codes_first(world));
    return result;
}

}  // namespace loquat::bench
