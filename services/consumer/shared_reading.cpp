#include "services/consumer/shared_reading.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::consumer {
namespace {

constexpr LogContext context{.service = "consumer"};

bool is_in(const std::vector<store::Partition>& some, const store::Partition& one) {
    return std::ranges::find(some, one) != some.end();
}

}  // namespace

SharedReading::SharedReading(Parts parts, std::span<const std::unique_ptr<TopicLoop>> loops)
    : parts_(parts) {
    for (const auto& loop : loops) {
        readers_.push_back({loop.get(), nullptr});
    }
}

std::vector<store::Partition> SharedReading::reading() const {
    Partitions partitions;
    for (const Reader& reader : readers_) {
        if (reader.scope) {
            partitions.push_back(reader.loop->partition());
        }
    }
    return partitions;
}

Task<void> SharedReading::beat() {
    if (!parts_.lease.stands()) {
        co_await stop_all_but({});
    }
    ReaderShares::Ground ground;
    for (const Reader& reader : readers_) {
        ground.all.push_back(reader.loop->partition());
        if (reader.loop->has_ended()) {
            ground.unable.push_back(reader.loop->partition());
        }
    }
    const Steady asked = parts_.lease.now();
    Share share = co_await parts_.shares.beat(std::move(ground), age_max);
    parts_.lease.extend(asked + age_max);
    std::erase_if(share.mine, [&](const auto& one) { return is_in(share.surplus, one); });
    co_await stop_all_but(share.mine);
    show_ended(share.unread);
    start(share.mine);
    if (!share.surplus.empty()) {
        co_await parts_.shares.give_back(std::move(share.surplus));
    }
}

void SharedReading::start(const Partitions& wanted) {
    for (Reader& reader : readers_) {
        const store::Partition& partition = reader.loop->partition();
        if (reader.scope || !is_in(wanted, partition)) {
            continue;
        }
        log_info(context, "reads a partition",
                 {{"topic", partition.topic}, {"partition", partition.number}});
        reader.scope = std::make_unique<aio::Scope>(parts_.loop, "consumer");
        reader.scope->start(reader.loop->run());
    }
}

// What this instance cannot read is its trouble for as long as nobody else does.
void SharedReading::show_ended(const Partitions& unread) {
    for (Reader& reader : readers_) {
        if (!reader.loop->has_ended() || reader.scope) {
            continue;
        }
        if (is_in(unread, reader.loop->partition())) {
            reader.loop->show_trouble();
        } else {
            reader.loop->leave();
        }
    }
}

Task<void> SharedReading::stop_all_but(Partitions wanted) {
    for (Reader& reader : readers_) {
        const store::Partition& partition = reader.loop->partition();
        if (!reader.scope || is_in(wanted, partition)) {
            continue;
        }
        co_await reader.scope->close();
        reader.scope.reset();
        reader.loop->leave();
        log_info(context, "leaves a partition to others",
                 {{"topic", partition.topic}, {"partition", partition.number}});
    }
}

Task<void> SharedReading::keep_beating() {
    for (;;) {
        std::exception_ptr failed;
        try {
            co_await beat();
        } catch (const Failure&) {
            failed = std::current_exception();
        }
        if (failed) {
            log_warn(context, "the partitions of this instance could not be kept",
                     {{"error", aio::describe(failed)}});
        }
        co_await parts_.loop.sleep_for(beat_pause);
    }
}

Task<void> SharedReading::leave() {
    co_await stop_all_but({});
    std::exception_ptr failed;
    try {
        co_await parts_.shares.leave();
    } catch (const Failure&) {
        failed = std::current_exception();
    }
    if (failed) {
        log_warn(context, "others have to wait for the partitions of this instance",
                 {{"error", aio::describe(failed)}});
    }
}

}  // namespace loquat::consumer
