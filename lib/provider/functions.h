// SPDX-License-Identifier: Apache-2.0
//
// What the tables consist of that libcrypto gets: their entries, the lists of parameters, and the functions that
// digests and MACs have alike (provider-digest(7), provider-mac(7)).

#pragma once

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

#include <array>
#include <cstddef>
#include <memory>

#include "provider.h"

namespace cce::provider {

[[nodiscard]] constexpr OSSL_PARAM described(const char* name, unsigned type) {
    return {name, type, nullptr, 0, OSSL_PARAM_UNMODIFIED};
}
inline constexpr OSSL_PARAM end_of_list{nullptr, 0, nullptr, 0, 0};

template <typename Pointer>
[[nodiscard]] OSSL_DISPATCH dispatch(int identity, Pointer function) {
    return {identity, reinterpret_cast<void (*)()>(function)};
}

/// Functions on a context of libcrypto, which is a State.
template <typename State>
struct ContextFunctions {
    static State& of(void* context) { return *static_cast<State*>(context); }

    /// `make` makes one (Provider& -> std::unique_ptr<State>).
    template <typename Make>
    static void* create(void* context, Make make) {
        Provider& provider = *static_cast<Provider*>(context);
        return guarded(provider.core, static_cast<State*>(nullptr), [&]() -> State* {
            std::unique_ptr<State> state = make(provider);
            return state.release();
        });
    }

    static void destroy(void* context) { const std::unique_ptr<State> owner(static_cast<State*>(context)); }

    static void* duplicate(void* context) {
        const State& state = of(context);
        return guarded(state.provider().core, static_cast<State*>(nullptr), [&] { return state.clone().release(); });
    }

    static int update(void* context, const unsigned char* in, std::size_t length) {
        State& state = of(context);
        return guarded(state.provider().core, 0, [&] {
            if (length != 0) {
                state.update({in, length});
            }
            return 1;
        });
    }

    static int finish(void* context, unsigned char* out, std::size_t* written, std::size_t room) {
        State& state = of(context);
        return guarded(state.provider().core, 0, [&] {
            *written = state.finish({out, room});
            return 1;
        });
    }

    static int set(void* context, const OSSL_PARAM params[]) {
        State& state = of(context);
        return guarded(state.provider().core, 0, [&] {
            state.set(params);
            return 1;
        });
    }
};

/// All of a MAC's. Without a key `initialize()` gets null: the one that there is.
template <typename State>
struct MacFunctions : ContextFunctions<State> {
    static int initialize(void* context, const unsigned char* key, std::size_t key_length, const OSSL_PARAM params[]) {
        State& state = MacFunctions::of(context);
        return guarded(state.provider().core, 0, [&] {
            state.initialize(key, key_length, params);
            return 1;
        });
    }

    static int get(void* context, OSSL_PARAM params[]) {
        const State& state = MacFunctions::of(context);
        return guarded(state.provider().core, 0, [&] {
            state.get(params);
            return 1;
        });
    }

    static const OSSL_PARAM* gettable(void*, void*) {
        static constexpr std::array list{
            described(OSSL_MAC_PARAM_SIZE, OSSL_PARAM_UNSIGNED_INTEGER),
            described(OSSL_MAC_PARAM_BLOCK_SIZE, OSSL_PARAM_UNSIGNED_INTEGER),
            end_of_list,
        };
        return list.data();
    }

    using Table = std::array<OSSL_DISPATCH, 11>;

    static Table table(OSSL_FUNC_mac_newctx_fn* new_context, OSSL_FUNC_mac_settable_ctx_params_fn* settable) {
        return {
            dispatch(OSSL_FUNC_MAC_NEWCTX, new_context),
            dispatch(OSSL_FUNC_MAC_FREECTX, MacFunctions::destroy),
            dispatch(OSSL_FUNC_MAC_DUPCTX, MacFunctions::duplicate),
            dispatch(OSSL_FUNC_MAC_INIT, initialize),
            dispatch(OSSL_FUNC_MAC_UPDATE, MacFunctions::update),
            dispatch(OSSL_FUNC_MAC_FINAL, MacFunctions::finish),
            dispatch(OSSL_FUNC_MAC_GET_CTX_PARAMS, get),
            dispatch(OSSL_FUNC_MAC_SET_CTX_PARAMS, MacFunctions::set),
            dispatch(OSSL_FUNC_MAC_GETTABLE_CTX_PARAMS, gettable),
            dispatch(OSSL_FUNC_MAC_SETTABLE_CTX_PARAMS, settable),
            OSSL_DISPATCH{0, nullptr},
        };
    }
};

}  // namespace cce::provider
