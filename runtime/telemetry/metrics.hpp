#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loquat::runtime {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Any thread.  Only grows.
class Counter {
  public:
    void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

class Gauge {
  public:
    void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
    void add(std::int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
    std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::int64_t> value_{0};
};

// Durations in buckets from 100 us to 30 s.
class Histogram {
  public:
    static constexpr std::array<double, 16> bounds_seconds{
        .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 30};
    void observe(std::chrono::nanoseconds took);
    std::array<std::uint64_t, bounds_seconds.size() + 1> buckets() const;
    double sum_seconds() const {
        return static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) / 1e9;
    }
    // The longest since the process began.
    double longest_seconds() const {
        return static_cast<double>(longest_ns_.load(std::memory_order_relaxed)) / 1e9;
    }

  private:
    std::array<std::atomic<std::uint64_t>, bounds_seconds.size() + 1> buckets_{};
    std::atomic<std::uint64_t> sum_ns_{0};
    std::atomic<std::uint64_t> longest_ns_{0};
};

// One series as it was when it was read.
struct MetricReading {
    Labels labels;
    double value = 0;         // of a histogram: the sum in seconds
    std::uint64_t count = 0;  // of a histogram
    double longest = 0;       // of a histogram, in seconds
};

struct MetricFamily {
    std::string name;
    std::string help;
    std::string type;  // counter, gauge or histogram
    std::vector<MetricReading> readings;
};

// All metrics of the process.  A metric is made once and lives as long as the registry; the same
// name and labels give the same one.  Names follow Prometheus: loquat_gateway_requests_total,
// ..._seconds, ..._bytes.
class Metrics {
  public:
    Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, Labels labels = {});
    // Called when metrics are read; any thread.
    void gauge_of(std::string_view name, std::string_view help, Labels labels,
                  std::function<double()> read);

    // Prometheus text format 0.0.4.  With `service`, only series without a label `service` or with
    // that one.
    std::string to_text(std::string_view service = {}) const;
    // Name and type of all families, in the order of their names.
    std::vector<std::pair<std::string, std::string>> names() const;
    // Every series of one family; none for a name that nothing has.
    std::optional<MetricFamily> find(std::string_view name) const;

  private:
    struct Series {
        Labels labels;
        std::unique_ptr<Counter> counter;
        std::unique_ptr<Gauge> gauge;
        std::unique_ptr<Histogram> histogram;
        std::function<double()> read;
    };
    struct Family {
        std::string help;
        std::string type;
        std::deque<Series> series;
    };
    Series& series_of(std::string_view name, std::string_view help, std::string_view type,
                      Labels labels);

    mutable std::mutex mutex_;
    std::map<std::string, Family, std::less<>> families_;
};

}  // namespace loquat::runtime
