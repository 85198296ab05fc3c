// SPDX-License-Identifier: Apache-2.0
//
// A cycle of the Verilated engine:
//   1. inputs that do not depend on the engine's outputs of this cycle are set, clock low, eval;
//   2. outputs are sampled; readys and read data that depend on them are set;
//   3. the monitor looks at the pins as the clock edge will find them;
//   4. clock high, eval.
// A read beat's data are fetched in the cycle of its handshake; until then the bus shows a filler.

#include "engine/rtl_engine.h"

#include <verilated.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <sstream>

#include "Vcce_top_128.h"
#include "Vcce_top_256.h"
#include "engine/axi_memory.h"
#include "engine/axi_monitor.h"
#include "engine/wave_trace.h"

namespace cce::sim {

namespace {

constexpr unsigned reset_cycles = 8;
constexpr unsigned register_timeout = 100'000;
constexpr unsigned cycles_after_gate = 4;
constexpr unsigned cycles_after_access = 2;
constexpr std::uint8_t response_okay = 0;
constexpr std::uint8_t response_error = 2;
constexpr std::uint8_t filler = 0xbd;
constexpr int random_bits = 2;
constexpr int random_seed = 20'231'124;

template <class Model, unsigned DataBytes>
class RtlEngine final : public Engine {
public:
    RtlEngine(EngineHost& host, const std::string& trace_path)
        : host_(host), model_(prepare(context_), "cce"), memory_(host, DataBytes), monitor_(DataBytes) {
        if (!trace_path.empty()) trace_ = make_wave_trace(model_, trace_path);
        model_.gate_i = 0;
        idle_inputs();
        reset();
    }

    ~RtlEngine() override {
        Verilated::threadContextp(&context_);  // another engine of this thread may have left its own, now gone
        model_.final();
    }
    RtlEngine(const RtlEngine&) = delete;
    RtlEngine& operator=(const RtlEngine&) = delete;

    [[nodiscard]] std::string name() const override { return "rtl"; }
    [[nodiscard]] std::uint64_t cycle() const override { return cycle_; }
    [[nodiscard]] std::uint64_t simulated_cycles() const override { return simulated_; }

    [[nodiscard]] bool idle() const override {
        return model_.idle_o != 0 && model_.interrupt_o == 0 && busy_cycles_ == 0 && memory_.quiet() &&
               monitor_.quiet();
    }

    void reset() override {
        idle_inputs();
        model_.rst_ni = 0;
        memory_.reset();
        monitor_.reset();
        for (unsigned i = 0; i < reset_cycles; ++i) {
            model_.clk_i = 0;
            model_.timestamp_i = cycle_;
            evaluate(0);
            model_.clk_i = 1;
            evaluate(1);
            ++cycle_;
            ++simulated_;
        }
        model_.rst_ni = 1;
        busy_cycles_ = 1;
    }

    RegisterValue read_register(std::uint32_t offset) override {
        model_.s_axil_araddr_i = offset;
        model_.s_axil_arvalid_i = 1;
        model_.s_axil_rready_i = 1;
        register_access_ = {.reading = true};
        finish_access("read", offset);
        model_.s_axil_rready_i = 0;
        return {register_access_.value, register_access_.response != response_okay};
    }

    RegisterValue write_register(std::uint32_t offset, std::uint32_t value) override {
        model_.s_axil_awaddr_i = offset;
        model_.s_axil_awvalid_i = 1;
        model_.s_axil_wdata_i = value;
        model_.s_axil_wstrb_i = 0xf;
        model_.s_axil_wvalid_i = 1;
        model_.s_axil_bready_i = 1;
        register_access_ = {.writing = true};
        finish_access("write", offset);
        model_.s_axil_bready_i = 0;
        return {value, register_access_.response != response_okay};
    }

    bool advance(std::uint64_t limit) override {
        while (cycle_ < limit) {
            if (idle()) {
                cycle_ = limit;
                return false;
            }
            if (tick()) return true;
        }
        return false;
    }

    void set_gate(bool closed) override {
        model_.gate_i = closed ? 1 : 0;
        busy_cycles_ = cycles_after_gate;
    }

private:
    /// A register access on its way.
    struct RegisterAccess {
        bool reading = false;
        bool writing = false;
        bool done = false;
        std::uint8_t response = response_okay;
        std::uint32_t value = 0;
    };

    /// Registers that nothing resets begin with random bits, the same in each run.
    static VerilatedContext* prepare(VerilatedContext& context) {
        context.randReset(random_bits);
        context.randSeed(random_seed);
        context.traceEverOn(true);
        return &context;
    }

    void idle_inputs() {
        model_.clk_i = 0;
        model_.rst_ni = 1;
        model_.s_axil_awvalid_i = 0;
        model_.s_axil_awaddr_i = 0;
        model_.s_axil_wvalid_i = 0;
        model_.s_axil_wdata_i = 0;
        model_.s_axil_wstrb_i = 0;
        model_.s_axil_bready_i = 0;
        model_.s_axil_arvalid_i = 0;
        model_.s_axil_araddr_i = 0;
        model_.s_axil_rready_i = 0;
        model_.m_axi_awready_i = 0;
        model_.m_axi_wready_i = 0;
        model_.m_axi_bvalid_i = 0;
        model_.m_axi_bid_i = 0;
        model_.m_axi_bresp_i = 0;
        model_.m_axi_arready_i = 0;
        model_.m_axi_rvalid_i = 0;
        model_.m_axi_rid_i = 0;
        model_.m_axi_rresp_i = 0;
        model_.m_axi_rlast_i = 0;
        register_access_ = {};
    }

    void evaluate(unsigned phase) {
        Verilated::threadContextp(&context_);
        model_.eval();
        if (trace_) trace_->dump(2 * cycle_ + phase);
    }

    [[noreturn]] void fail(const std::string& text) const {
        throw EngineFault("cycle " + std::to_string(cycle_) + ": " + text);
    }

    void finish_access(const char* kind, std::uint32_t offset) {
        for (unsigned i = 0; !register_access_.done; ++i) {
            if (i == register_timeout) {
                std::ostringstream text;
                text << "register port: no answer to the " << kind << " of register 0x" << std::hex << offset;
                fail(text.str());
            }
            tick();
        }
        register_access_.reading = false;
        register_access_.writing = false;
        busy_cycles_ = std::max(busy_cycles_, cycles_after_access);
    }

    void sample_manager() {
        pins_.aw.valid = model_.m_axi_awvalid_o != 0;
        pins_.aw.address = model_.m_axi_awaddr_o;
        pins_.aw.length = model_.m_axi_awlen_o;
        pins_.aw.size = model_.m_axi_awsize_o;
        pins_.aw.burst = model_.m_axi_awburst_o;
        pins_.aw.id = model_.m_axi_awid_o;
        pins_.aw.cache = model_.m_axi_awcache_o;
        pins_.aw.protection = model_.m_axi_awprot_o;
        pins_.ar.valid = model_.m_axi_arvalid_o != 0;
        pins_.ar.address = model_.m_axi_araddr_o;
        pins_.ar.length = model_.m_axi_arlen_o;
        pins_.ar.size = model_.m_axi_arsize_o;
        pins_.ar.burst = model_.m_axi_arburst_o;
        pins_.ar.id = model_.m_axi_arid_o;
        pins_.ar.cache = model_.m_axi_arcache_o;
        pins_.ar.protection = model_.m_axi_arprot_o;
        pins_.w.valid = model_.m_axi_wvalid_o != 0;
        pins_.w.last = model_.m_axi_wlast_o != 0;
        pins_.w.strobe = model_.m_axi_wstrb_o;
        if (pins_.w.valid) std::memcpy(pins_.w.data.data(), model_.m_axi_wdata_o.data(), DataBytes);
        pins_.b.ready = model_.m_axi_bready_o != 0;
        pins_.r.ready = model_.m_axi_rready_o != 0;
    }

    void move_data() {
        if (pins_.r.valid && pins_.r.ready) {
            std::array<std::uint8_t, DataBytes> beat;
            beat.fill(filler);
            const bool ok = memory_.take_read_beat(beat);
            if (!ok) beat.fill(filler);
            model_.m_axi_rresp_i = ok ? response_okay : response_error;
            std::memcpy(model_.m_axi_rdata_i.data(), beat.data(), DataBytes);
        }
        if (pins_.w.valid && pins_.w.ready) {
            std::array<std::uint8_t, DataBytes> strobe{};
            for (unsigned i = 0; i < DataBytes; ++i) strobe[i] = static_cast<std::uint8_t>(pins_.w.strobe >> i & 1);
            memory_.put_write_beat(std::span(pins_.w.data).first(DataBytes), strobe);
        }
    }

    /// The register port's handshakes in this cycle; called with settled outputs, before the clock edge.
    void sample_register_port() {
        clear_aw_ = model_.s_axil_awvalid_i != 0 && model_.s_axil_awready_o != 0;
        clear_w_ = model_.s_axil_wvalid_i != 0 && model_.s_axil_wready_o != 0;
        clear_ar_ = model_.s_axil_arvalid_i != 0 && model_.s_axil_arready_o != 0;
        if (model_.s_axil_bvalid_o != 0) {
            if (!register_access_.writing || model_.s_axil_awvalid_i != 0 || model_.s_axil_wvalid_i != 0) {
                fail("register port, channel B: a response without a write");
            }
            register_access_.done = true;
            register_access_.response = model_.s_axil_bresp_o;
        }
        if (model_.s_axil_rvalid_o != 0) {
            if (!register_access_.reading || model_.s_axil_arvalid_i != 0) {
                fail("register port, channel R: data without a read");
            }
            register_access_.done = true;
            register_access_.response = model_.s_axil_rresp_o;
            register_access_.value = model_.s_axil_rdata_o;
        }
    }

    /// One clock cycle. True if an interrupt was raised in it.
    bool tick() {
        const AxiMemory::Shown shown = memory_.drive(cycle_);
        pins_.r.valid = shown.r_valid;
        pins_.r.last = shown.r_last;
        pins_.r.id = shown.r_id;
        pins_.b.valid = shown.b_valid;
        pins_.b.id = shown.b_id;
        pins_.w.ready = shown.w_ready;
        model_.m_axi_rvalid_i = shown.r_valid;
        model_.m_axi_rlast_i = shown.r_last;
        model_.m_axi_rid_i = shown.r_id;
        model_.m_axi_bvalid_i = shown.b_valid;
        model_.m_axi_bid_i = shown.b_id;
        model_.m_axi_bresp_i = shown.b_error ? response_error : response_okay;
        model_.m_axi_wready_i = shown.w_ready;
        model_.m_axi_awready_i = 0;
        model_.m_axi_arready_i = 0;
        model_.timestamp_i = cycle_;
        model_.clk_i = 0;
        evaluate(0);

        sample_manager();
        pins_.aw.ready = memory_.accept(cycle_, Direction::write, pins_.aw);
        pins_.ar.ready = memory_.accept(cycle_, Direction::read, pins_.ar);
        model_.m_axi_awready_i = pins_.aw.ready;
        model_.m_axi_arready_i = pins_.ar.ready;
        monitor_.check(cycle_, pins_);
        move_data();
        sample_register_port();
        const std::uint32_t raised = model_.interrupt_o;

        model_.clk_i = 1;
        evaluate(1);
        memory_.finish(cycle_, pins_);
        if (clear_aw_) model_.s_axil_awvalid_i = 0;
        if (clear_w_) model_.s_axil_wvalid_i = 0;
        if (clear_ar_) model_.s_axil_arvalid_i = 0;
        for (std::uint32_t rest = raised; rest != 0; rest &= rest - 1) {
            host_.interrupt(static_cast<unsigned>(std::countr_zero(rest)), cycle_);
        }
        if (busy_cycles_ > 0) --busy_cycles_;
        ++cycle_;
        ++simulated_;
        return raised != 0;
    }

    EngineHost& host_;
    VerilatedContext context_;
    Model model_;
    std::unique_ptr<WaveTrace> trace_;
    AxiMemory memory_;
    AxiMonitor monitor_;
    AxiPins pins_;
    RegisterAccess register_access_;
    bool clear_aw_ = false;
    bool clear_w_ = false;
    bool clear_ar_ = false;
    unsigned busy_cycles_ = 0;  ///< cycles that must be simulated even if the engine says that it is idle
    std::uint64_t cycle_ = 0;
    std::uint64_t simulated_ = 0;
};

}  // namespace

std::unique_ptr<Engine> make_rtl_engine(EngineHost& host, const EngineOptions& options) {
    switch (options.data_width) {
        case 128:
            return std::make_unique<RtlEngine<Vcce_top_128, 16>>(host, options.trace_path);
        case 256:
            return std::make_unique<RtlEngine<Vcce_top_256, 32>>(host, options.trace_path);
        default:
            throw std::invalid_argument("the Verilated engine is built for data widths of 128 and 256 bits, not " +
                                        std::to_string(options.data_width));
    }
}

std::unique_ptr<Engine> make_engine(const std::string& name, EngineHost& host, const EngineOptions& options) {
    if (name == "rtl") return make_rtl_engine(host, options);
    throw std::invalid_argument("unknown engine '" + name + "'; this build knows: rtl");
}

}  // namespace cce::sim

// What the RTL's assertions and system tasks end in. Verilator's own versions end the process.

void vl_stop(const char* filename, int linenum, const char* hier) {
    throw cce::sim::EngineFault(std::string("RTL: an assertion failed or $stop at ") + filename + ":" +
                                std::to_string(linenum) + " in " + hier);
}

void vl_fatal(const char* filename, int linenum, const char* hier, const char* msg) {
    throw cce::sim::EngineFault(std::string("RTL: ") + msg + " at " + filename + ":" + std::to_string(linenum) +
                                " in " + hier);
}

void vl_finish(const char* filename, int linenum, const char* hier) {
    throw cce::sim::EngineFault(std::string("RTL: $finish at ") + filename + ":" + std::to_string(linenum) + " in " +
                                hier);
}
