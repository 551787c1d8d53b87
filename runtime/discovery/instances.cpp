#include "runtime/discovery/instances.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>

namespace loquat::runtime {

bool offers(const ServiceInstance& instance, std::string_view contract) {
    return std::ranges::any_of(instance.contracts, [contract](const std::string& one) {
        return one == contract || one == any_contract || contract == any_contract;
    });
}

void InstanceListeners::add(std::weak_ptr<InstanceListener> listener) {
    const std::lock_guard lock{mutex_};
    std::erase_if(all_, [](const auto& one) { return one.expired(); });
    all_.push_back(std::move(listener));
}

void InstanceListeners::tell() {
    const std::lock_guard lock{mutex_};
    for (const auto& one : all_) {
        const auto listener = one.lock();
        if (listener && !listener->is_told.exchange(true)) {
            listener->loop.post([one] {
                if (const auto here = one.lock()) {
                    here->is_told = false;
                    here->on_change();
                }
            });
        }
    }
}

FixedInstances::FixedInstances(std::span<const std::string> urls) {
    List list;
    for (const std::string& url : urls) {
        list.push_back({.id = url, .url = url, .contracts = {std::string{any_contract}}});
    }
    list_ = std::make_shared<const List>(std::move(list));
}

std::string contract_name(std::type_index interface) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text{
        abi::__cxa_demangle(interface.name(), nullptr, nullptr, &status), &std::free};
    const std::string whole = text ? text.get() : interface.name();
    const std::size_t colons = whole.rfind("::");
    return colons == std::string::npos ? whole : whole.substr(colons + 2);
}

}  // namespace loquat::runtime
