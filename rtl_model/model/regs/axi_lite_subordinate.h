// SPDX-License-Identifier: Apache-2.0
//
// AXI4-Lite subordinate for the registers: one access at a time, writes before reads.

#pragma once

#include <cstdint>

namespace cce::model {

/// The pins of the register port that the engine does not drive.
struct RegisterPortInputs {
    bool awvalid = false;
    std::uint32_t awaddr = 0;
    bool wvalid = false;
    std::uint32_t wdata = 0;
    std::uint8_t wstrb = 0;
    bool bready = false;
    bool arvalid = false;
    std::uint32_t araddr = 0;
    bool rready = false;
};

/// Model of axi_lite_subordinate.sv.
class AxiLiteSubordinate {
public:
    struct Inputs {
        RegisterPortInputs port;
        std::uint32_t data = 0;  ///< content of the register at `address`
        bool known = false;      ///< `address` is a register
    };

    void reset() { state_ = State::idle; }
    void clock(const Inputs& inputs);

    [[nodiscard]] bool awready(const RegisterPortInputs& port) const {
        return state_ == State::idle && port.awvalid && port.wvalid;
    }
    [[nodiscard]] bool wready(const RegisterPortInputs& port) const { return awready(port); }
    [[nodiscard]] bool arready(const RegisterPortInputs& port) const {
        return state_ == State::idle && !(port.awvalid && port.wvalid);
    }
    [[nodiscard]] bool bvalid() const { return state_ == State::write_response; }
    [[nodiscard]] std::uint8_t bresp() const { return response_; }
    [[nodiscard]] bool rvalid() const { return state_ == State::read_response; }
    [[nodiscard]] std::uint32_t rdata() const { return data_; }
    [[nodiscard]] std::uint8_t rresp() const { return response_; }

    /// This cycle writes `data` to the register at `address`.
    [[nodiscard]] bool write() const { return state_ == State::write && whole_ && aligned(); }
    [[nodiscard]] bool reading() const { return state_ == State::read; }
    /// This cycle asks whether `address` is known, and for its content.
    [[nodiscard]] bool looking() const { return state_ == State::write || state_ == State::read; }
    [[nodiscard]] std::uint32_t address() const { return address_; }
    [[nodiscard]] std::uint32_t data() const { return data_; }
    [[nodiscard]] bool at_rest() const { return state_ == State::idle; }
    [[nodiscard]] bool idle(const RegisterPortInputs& port) const {
        return state_ == State::idle && !port.awvalid && !port.wvalid && !port.arvalid;
    }

private:
    enum class State : std::uint8_t { idle, write, write_response, read, read_response };

    [[nodiscard]] bool aligned() const { return address_ % 4 == 0; }

    State state_ = State::idle;
    std::uint32_t address_ = 0;
    std::uint32_t data_ = 0;
    bool whole_ = false;
    std::uint8_t response_ = 0;
};

}  // namespace cce::model
