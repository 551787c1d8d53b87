#include "runtime/telemetry/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>

namespace loquat::runtime {
namespace {

std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') {
            out.push_back('\\');
        }
        out.push_back(c);
    }
    return out;
}

std::string labels_text(const Labels& labels, std::string_view extra_name = {},
                        std::string_view extra = {}) {
    std::string out;
    const auto add = [&](std::string_view name, std::string_view value) {
        out += out.empty() ? "{" : ",";
        out.append(name).append("=\"").append(escape(value)).append("\"");
    };
    for (const auto& [name, value] : labels) {
        add(name, value);
    }
    if (!extra_name.empty()) {
        add(extra_name, extra);
    }
    return out.empty() ? out : out + "}";
}

void write_histogram(fmt::memory_buffer& out, std::string_view name, const Labels& labels,
                     const Histogram& histogram) {
    auto to = std::back_inserter(out);
    const auto buckets = histogram.buckets();
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        total += buckets[i];
        const bool is_last = i == Histogram::bounds_seconds.size();
        const std::string bound =
            is_last ? "+Inf" : fmt::format("{}", Histogram::bounds_seconds[i]);
        fmt::format_to(to, "{}_bucket{} {}\n", name, labels_text(labels, "le", bound), total);
    }
    fmt::format_to(to, "{}_sum{} {}\n", name, labels_text(labels), histogram.sum_seconds());
    fmt::format_to(to, "{}_count{} {}\n", name, labels_text(labels), total);
}

bool belongs(const Labels& labels, std::string_view service) {
    for (const auto& [name, value] : labels) {
        if (name == "service") {
            return service.empty() || value == service;
        }
    }
    return true;
}

}  // namespace

void Histogram::observe(std::chrono::nanoseconds took) {
    const double seconds = static_cast<double>(took.count()) / 1e9;
    const auto bound = std::ranges::lower_bound(bounds_seconds, seconds);
    buckets_[static_cast<std::size_t>(bound - bounds_seconds.begin())].fetch_add(
        1, std::memory_order_relaxed);
    const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
    sum_ns_.fetch_add(nanoseconds, std::memory_order_relaxed);
    std::uint64_t longest = longest_ns_.load(std::memory_order_relaxed);
    while (nanoseconds > longest &&
           !longest_ns_.compare_exchange_weak(longest, nanoseconds, std::memory_order_relaxed)) {
    }
}

std::array<std::uint64_t, Histogram::bounds_seconds.size() + 1> Histogram::buckets() const {
    std::array<std::uint64_t, bounds_seconds.size() + 1> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = buckets_[i].load(std::memory_order_relaxed);
    }
    return out;
}

Metrics::Series& Metrics::series_of(std::string_view name, std::string_view help,
                                    std::string_view type, Labels labels) {
    Family& family = families_[std::string{name}];
    family.help = help;
    family.type = type;
    for (Series& series : family.series) {
        if (series.labels == labels) {
            return series;
        }
    }
    family.series.push_back({.labels = std::move(labels)});
    return family.series.back();
}

Counter& Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
    const std::lock_guard lock{mutex_};
    Series& series = series_of(name, help, "counter", std::move(labels));
    if (!series.counter) {
        series.counter = std::make_unique<Counter>();
    }
    return *series.counter;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, Labels labels) {
    const std::lock_guard lock{mutex_};
    Series& series = series_of(name, help, "gauge", std::move(labels));
    if (!series.gauge) {
        series.gauge = std::make_unique<Gauge>();
    }
    return *series.gauge;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, Labels labels) {
    const std::lock_guard lock{mutex_};
    Series& series = series_of(name, help, "histogram", std::move(labels));
    if (!series.histogram) {
        series.histogram = std::make_unique<Histogram>();
    }
    return *series.histogram;
}

void Metrics::gauge_of(std::string_view name, std::string_view help, Labels labels,
                       std::function<double()> read) {
    const std::lock_guard lock{mutex_};
    series_of(name, help, "gauge", std::move(labels)).read = std::move(read);
}

std::string Metrics::to_text(std::string_view service) const {
    const std::lock_guard lock{mutex_};
    fmt::memory_buffer out;
    auto to = std::back_inserter(out);
    for (const auto& [name, family] : families_) {
        fmt::format_to(to, "# HELP {} {}\n# TYPE {} {}\n", name, family.help, name, family.type);
        for (const Series& series : family.series) {
            if (!belongs(series.labels, service)) {
                continue;
            }
            if (series.histogram) {
                write_histogram(out, name, series.labels, *series.histogram);
            } else if (series.counter) {
                fmt::format_to(to, "{}{} {}\n", name, labels_text(series.labels),
                               series.counter->value());
            } else if (series.gauge) {
                fmt::format_to(to, "{}{} {}\n", name, labels_text(series.labels),
                               series.gauge->value());
            } else if (series.read) {
                fmt::format_to(to, "{}{} {}\n", name, labels_text(series.labels), series.read());
            }
        }
    }
    return {out.data(), out.size()};
}

std::vector<std::pair<std::string, std::string>> Metrics::names() const {
    const std::lock_guard lock{mutex_};
    std::vector<std::pair<std::string, std::string>> all;
    all.reserve(families_.size());
    for (const auto& [name, family] : families_) {
        all.emplace_back(name, family.type);
    }
    return all;
}

std::optional<MetricFamily> Metrics::find(std::string_view name) const {
    const std::lock_guard lock{mutex_};
    const auto found = families_.find(name);
    if (found == families_.end()) {
        return std::nullopt;
    }
    MetricFamily family{std::string{name}, found->second.help, found->second.type, {}};
    for (const Series& series : found->second.series) {
        MetricReading& reading = family.readings.emplace_back(series.labels);
        if (series.histogram) {
            for (const std::uint64_t count : series.histogram->buckets()) {
                reading.count += count;
            }
            reading.value = series.histogram->sum_seconds();
            reading.longest = series.histogram->longest_seconds();
        } else if (series.counter) {
            reading.value = static_cast<double>(series.counter->value());
        } else if (series.gauge) {
            reading.value = static_cast<double>(series.gauge->value());
        } else if (series.read) {
            reading.value = series.read();
        }
    }
    return family;
}

}  // namespace loquat::runtime
