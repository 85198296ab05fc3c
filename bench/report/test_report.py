#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the benchmark's Python, on figures whose answers are known: no engine, no kernel, nothing timed.

    PYTHONPATH=bench python3 -m unittest report.test_report
"""

from __future__ import annotations

import base64
import contextlib
import csv
import io
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from linux_users import operations
from report import (algorithms, baseline, command, compare, comparison, engine, guest, linux, linux_users, machine, profiles,
                    readme, software)
from report.figures import Figure, Report, ReportError, read_report, summarize
from report.page import page
from report.part import Context, PartError, answers, run
from report.plots import all_plots, crossover, size_text
from report.progress import Progress

ENGINE = profiles.EngineProfile('soc', 'a SoC', 500, 128, 60, 30, 200)
CPU = profiles.CpuProfile('cpu', 'a CPU', 'all', 2.0, 1000, 3000)


def empty_report(*chosen: profiles.Profile) -> Report:
    return Report({'cpu': 'none'}, {}, {one.name: profiles.as_json(one) for one in chosen})


def known_report(fixed: float = 200, slope: float = 0.0625, software_cycles: float = 2.0) -> Report:
    """An engine of `fixed` + `slope` * size cycles, software of so many cycles a byte, a driver of 1000 + 600 cycles."""
    report = empty_report(ENGINE, CPU)
    for size in (16, 1024, 65536, 1048576):
        for depth in (1, engine.DEEP):
            cycles = fixed + slope * size
            report.figures += engine.figures_of(
                {'engine': 'model', 'point': engine.point('gcm', 256, False, size, depth, 1), 'cycles': 10 * cycles,
                 'requests': 10, 'bytes': 10 * size, 'cycles_per_request': cycles, 'bytes_per_cycle': size / cycles,
                 'lowest_share': 1.0,
                 'latency': {name: cycles for name in ('p50', 'min', 'p10', 'p25', 'p75', 'p90', 'p99', 'p99.9', 'max')},
                 'stages': {'wait': 1, 'fetch': 2, 'process': 3, 'write_back': 4}, 'bus': {'read': 0.5, 'write': 0.4}},
                60, 128)
        report.figures.append(Figure('software.cycles', 'cycles per byte', software_cycles, {
            'instructions': 'all', 'algorithm': 'aes-256-gcm', 'direction': 'encrypt', 'bytes': size}))
    for depth in (1, 16):
        for size in (64, 65536):
            for step, cycles in (('submit', 1000), ('complete', 600)):
                report.figures.append(Figure(f'linux.driver.{step}', 'cycles', cycles,
                                             {'algorithm': 'gcm-aes-cce', 'bytes': size, 'depth': depth}))
    return report


class FiguresTest(unittest.TestCase):
    def test_median_and_quartiles(self) -> None:
        figure = summarize('x', 's', [5.0, 1.0, 4.0, 2.0, 3.0], {})
        self.assertEqual((figure.value, figure.quartiles, figure.repetitions), (3.0, (2.0, 4.0), 5))
        once = summarize('x', 's', [7.0], {})
        self.assertEqual((once.value, once.quartiles, once.repetitions), (7.0, None, 1))
        with self.assertRaises(ValueError):
            summarize('x', 's', [], {})

    def test_a_report_is_read_as_it_was_written(self) -> None:
        report = known_report()
        report.parts['engine'] = {'complete': True, 'seconds': 1.0, 'figures': 3, 'skipped': ['because']}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'report.json'
            report.write_json(path)
            again = read_report(path)
            self.assertEqual([figure.key() for figure in again.figures], [figure.key() for figure in report.figures])
            self.assertEqual([figure.parts for figure in again.figures], [figure.parts for figure in report.figures])
            self.assertEqual(again.skipped(), [('engine', 'because')])
            report.write_csv(path.with_suffix('.csv'))
            with path.with_suffix('.csv').open(encoding='utf-8', newline='') as file:
                rows = list(csv.DictReader(file))
            self.assertEqual(len(rows), sum(1 + len(figure.parts) for figure in report.figures))
            self.assertEqual({row['unit'] for row in rows if row['name'] == 'engine.latency'}, {'cycles'})

    def test_what_is_no_report_is_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'report.json'
            for text, reason in (('{', 'not JSON'), ('{}', 'format'), ('{"format": 99}', 'format 99'),
                                 ('{"format": 1, "figures": []}', 'missing'), ('[]', 'missing or wrong'),
                                 ('{"format": 1, "machine": []}', 'machine')):
                path.write_text(text, encoding='utf-8')
                with self.assertRaisesRegex(ReportError, reason):
                    read_report(path)
            with self.assertRaisesRegex(ReportError, 'No such file'):
                read_report(path.with_name('nothing'))

    def test_every_mangled_piece_of_a_report_is_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'report.json'
            report = known_report()
            report.figures = report.figures[:1]
            report.parts['engine'] = {'complete': True, 'seconds': 1.0, 'figures': 1, 'skipped': []}
            report.write_json(path)
            whole = json.loads(path.read_text(encoding='utf-8'))
            pieces: list[tuple[dict[str, Any], str, Any]] = [
                (whole, name, value) for name, value in (
                    ('machine', []), ('profiles', {'x': {}}), ('parts', {'x': []}), ('figures', {}), ('seconds', 'long'))]
            figure = whole['figures'][0]
            wrong: list[tuple[str, Any]] = [
                ('name', 7), ('unit', None), ('value', 'much'), ('value', True), ('conditions', []),
                ('conditions', {'bytes': [1]}), ('parts', {'cycles': None}), ('quartiles', [1]), ('quartiles', ['a', 'b']),
                ('repetitions', 'ten'), ('exact', 'yes'), ('complete', 1)]
            pieces += [(figure, name, value) for name, value in wrong]
            for piece, name, value in pieces:
                right = piece[name]
                for mangled in (True, False):
                    with self.subTest(name=name, value=value, mangled=mangled):
                        if mangled:
                            piece[name] = value
                        else:
                            del piece[name]
                        path.write_text(json.dumps(whole), encoding='utf-8')
                        piece[name] = right
                        if not mangled and name == 'parts':
                            continue  # a figure need not have any
                        with self.assertRaisesRegex(ReportError, 'is not a report'):
                            read_report(path)


class ProfilesTest(unittest.TestCase):
    def test_those_that_are_there(self) -> None:
        for name in profiles.known():
            profile = profiles.load(name)
            self.assertEqual(profiles.from_json(profiles.as_json(profile)), profile)
        engines, cpus = profiles.pairs([])
        self.assertGreaterEqual({one.name for one in engines}, {'fpga-100mhz', 'soc-500mhz', 'asic-1ghz'})
        self.assertEqual({one.name for one in cpus}, {'cpu-aes', 'cpu-plain'})
        engines, cpus = profiles.pairs(['soc-500mhz'])
        self.assertEqual(([one.name for one in engines], len(cpus)), (['soc-500mhz'], 2))

    def test_wrong_ones(self) -> None:
        with self.assertRaisesRegex(profiles.ProfileError, "no profile 'x'; known: .*soc-500mhz"):
            profiles.load('x')
        good = (profiles.FOLDER / 'soc-500mhz.yaml').read_text(encoding='utf-8')
        for old, new, reason in (('kind: engine', 'kind: cake', 'kind must be'), ('clock_mhz: 500', '', 'clock_mhz'),
                                 ('clock_mhz: 500', 'clock_mhz: fast', 'clock_mhz must be a number'),
                                 ('clock_mhz: 500', 'clock_mhz: 0', 'clock_mhz must be a number'),
                                 ('text: SoC, 500 MHz, 128-bit bus', 'text: 500', 'text must be a text'),
                                 ('bus_bits: 128', 'bus_bits: 100', 'bus_bits'), ('kind:', 'colour: red\nkind:', 'colour'),
                                 ('kind:', '[kind', 'x.yaml')):
            with tempfile.TemporaryDirectory() as folder, self.subTest(new=new):
                (Path(folder) / 'x.yaml').write_text(good.replace(old, new, 1), encoding='utf-8')
                with self.assertRaisesRegex(profiles.ProfileError, reason):
                    profiles.load('x', Path(folder))


class AlgorithmsTest(unittest.TestCase):
    def test_names(self) -> None:
        self.assertEqual(algorithms.parse('gcm, cbc'), ['cbc', 'gcm'])
        self.assertEqual(algorithms.parse(''), list(algorithms.KNOWN))
        self.assertEqual(algorithms.parse('', quick=True), list(algorithms.QUICK))
        self.assertEqual(algorithms.parse('sha-384', quick=True), ['sha-384'])
        with self.assertRaisesRegex(algorithms.AlgorithmError, "'des'; known: ecb, .*gcm"):
            algorithms.parse('gcm,des')
        self.assertEqual(algorithms.openssl_names(['xts', 'sha-256'], (128, 192)), ['aes-128-xts', 'sha-256'])
        for name in algorithms.AES_MODES + algorithms.HASHES:
            self.assertEqual(engine.algorithm_of({'mode': algorithms.engine_name(name)}), name)
        self.assertEqual(engine.algorithm_of({'mode': 'sha_256', 'keyed': True}), 'hmac-sha-256')
        self.assertEqual([algorithms.full_name(name) for name in ('gcm', 'sha3-256')], ['aes-256-gcm', 'sha3-256'])


def context(folder: Path, **more: Any) -> Context:
    engines, cpus = profiles.pairs([])
    return Context(folder, folder, Progress(1, out=io.StringIO()), list(algorithms.KNOWN), ['rtl', 'model'], engines, cpus,
                   **more)


class EngineTest(unittest.TestCase):
    def test_every_combination_that_makes_sense_is_measured_once(self) -> None:
        for quick in (True, False):
            keys = set()
            points = 0
            for sweep, asked in engine.EnginePart()._sweeps(context(Path('/'), quick=quick)):
                for one in asked:
                    points += 1
                    keys.add((sweep.latency, sweep.bus_bits, json.dumps(one)))
            self.assertEqual(len(keys), points)
        asked = engine.sweep_points(context(Path('/')))
        for mode in algorithms.AES_MODES:
            of_mode = [one for one in asked if one['mode'] == mode]
            self.assertEqual({one['key_bits'] for one in of_mode}, {128, 256} if mode == 'xts' else {128, 192, 256})
            self.assertEqual({one['decrypt'] for one in of_mode}, {False, True})
            if mode not in algorithms.KEY_WRAP:
                self.assertEqual({one['bytes'] for one in of_mode}, set(engine.SIZES))
                self.assertEqual({one['depth'] for one in of_mode}, set(engine.DEPTHS))
        for name in algorithms.DIGESTS:
            of_mode = [one for one in asked if engine.algorithm_of(one) == name]
            self.assertEqual({one['bytes'] for one in of_mode}, set(engine.SIZES))
            self.assertFalse(any('key_bits' in one or 'decrypt' in one for one in of_mode))
        deep = {'depth': 16, 'queues': 2, 'algorithm': 'cbc'}
        self.assertTrue(engine.is_deep(deep))
        self.assertFalse(engine.is_deep({**deep, 'queues': 1}))
        self.assertTrue(engine.is_deep({**deep, 'depth': 4, 'queues': 1, 'algorithm': 'kw'}))
        self.assertFalse(engine.sensible(engine.point('kw', 256, False, 8192, 1, 1)))
        self.assertFalse(engine.sensible(engine.point('gcm', 256, False, 1 << 20, 256, 1)))

    def test_rtl_and_model_must_be_equal(self) -> None:
        def answer(size: int, digest: str) -> dict[str, Any]:
            return {'point': {'bytes': size}, 'digest': digest, 'requests': 8}

        figure = engine.equality([answer(16, 'a'), answer(64, 'b')], [answer(64, 'b'), answer(16, 'a')])
        self.assertEqual(figure.parts, {'points': 2, 'equal': 2, 'requests': 16})
        with self.assertRaisesRegex(PartError, 'differ at 1 of 2 points.*64'):
            engine.equality([answer(16, 'a'), answer(64, 'b')], [answer(64, 'c'), answer(16, 'a')])
        with self.assertRaisesRegex(PartError, 'same points'):
            engine.equality([answer(16, 'a')], [])
        with self.assertRaisesRegex(PartError, 'same points'):
            engine.equality([], [])


class AnswersTest(unittest.TestCase):
    def test_lines_of_several_processes(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / 'log'
            found = list(answers(['sed', '-u', 's/^/got /'], [str(i) for i in range(7)], 3, log))
            self.assertEqual(sorted(found), [f'got {i}\n' for i in range(7)])
            with self.assertRaisesRegex(PartError, r'sh failed with status 7: oh dear'):
                list(answers(['sh', '-c', 'cat; echo oh dear >&2; exit 7'], ['a'], 2, log))
            for status in (0, 1):
                with self.assertRaisesRegex(PartError, r'sh answered 1 of 3 questions: no engine'):
                    list(answers(['sh', '-c', f'head -n 1; echo no engine >&2; exit {status}'], ['a', 'b', 'c'], 1, log))


class RunTest(unittest.TestCase):
    #: Prints more than a pipe holds, so that it is being read when a signal comes; one between two reads is seen with the next.
    STARTER = '''import os, signal, sys, time
end, caller = os.open(sys.argv[1], os.O_WRONLY), os.getppid()
print('x' * 1000000, flush=True)
if os.fork() == 0:
    for _ in range(100):
        os.kill(caller, signal.SIGALRM)
        time.sleep(0.1)
    os.write(end, b'late')
os.wait()
'''

    def test_what_failed_is_named_also_if_it_was_pinned(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            context = Context(folder, folder, Progress(1, io.StringIO()), [], [], [], [], cores=sorted(os.sched_getaffinity(0)))
            with self.assertRaisesRegex(PartError, '^sh failed with status 7: no luck'):
                run(context.pinned('/bin/sh', '-c', 'echo no luck >&2; exit 7'), folder / 'log')

    def test_what_a_program_has_started_ends_with_it(self) -> None:
        def stop(number: int, _: Any) -> None:
            signal.signal(number, signal.SIG_IGN)
            raise command.Interrupted

        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, stop))
        with tempfile.TemporaryDirectory() as folder:
            fifo = Path(folder) / 'fifo'
            os.mkfifo(fifo)
            with open(os.open(fifo, os.O_RDONLY | os.O_NONBLOCK), 'rb', buffering=0) as end:
                with self.assertRaises(command.Interrupted):
                    run(['/usr/bin/python3', '-c', self.STARTER, str(fifo)], Path(folder) / 'log')
                os.set_blocking(end.fileno(), True)
                self.assertEqual(end.read(), b'')


GOOGLE = {'benchmarks': [
    {'name': 'aes-256-gcm/decrypt/4096/min_time:0.010/repeats:1', 'run_type': 'iteration', 'time_unit': 'ns',
     'real_time': 800.0, 'tsc_cycles': 2048.0, 'label': 'aa'},
    {'name': 'sha-256/64', 'run_type': 'iteration', 'time_unit': 'ns', 'real_time': 100.0, 'tsc_cycles': 256.0, 'label': 'bb'},
    {'name': 'sha-256/64_mean', 'run_type': 'aggregate', 'time_unit': 'ns', 'real_time': 1.0}]}


class SoftwareTest(unittest.TestCase):
    def test_rows_of_google_benchmark(self) -> None:
        collection = software.Collection()
        for _ in range(2):
            collection.add(software.parse(json.dumps(GOOGLE), 'all'))
        figures = list(collection.figures(wanted=3))
        self.assertEqual([(figure.name, figure.value) for figure in figures],
                         [('software.time', 800.0), ('software.cycles', 0.5), ('software.time', 100.0),
                          ('software.cycles', 4.0)])
        self.assertEqual(figures[0].conditions, {'instructions': 'all', 'algorithm': 'aes-256-gcm', 'direction': 'decrypt',
                                                 'bytes': 4096})
        self.assertEqual(figures[2].conditions['direction'], 'none')
        self.assertFalse(any(figure.complete for figure in figures))
        self.assertAlmostEqual(figures[0].parts['bytes_per_second'], 5.12e9)

    def test_classes_of_instructions_must_compute_the_same(self) -> None:
        collection = software.Collection()
        collection.add(software.parse(json.dumps(GOOGLE), 'all'))
        with self.assertRaisesRegex(PartError, '"plain" computes another aes-256-gcm'):
            collection.add(software.parse(json.dumps(GOOGLE).replace('"aa"', '"ab"'), 'plain'))
        kernel = 'aes-256-gcm/decrypt/4096 {} 4096:2000 8192:4000 6144:3000\nsha-256/encrypt/64 cc 128:64\n'
        with self.assertRaisesRegex(PartError, '"kernel-c" computes another aes-256-gcm'):
            collection.add(software.parse_kernel(kernel.format('ab')))
        collection.add(software.parse_kernel(kernel.format('aa').replace('cc', collection.digests['sha-256', 'none', 64])))
        figures = [figure for figure in collection.figures(3) if figure.conditions['instructions'] == 'kernel-c']
        self.assertEqual([(figure.name, figure.value, figure.complete) for figure in figures],
                         [('software.time', 3000.0, True), ('software.cycles', 1.5, True), ('software.time', 64.0, False),
                          ('software.cycles', 2.0, False)])

    def test_what_is_not_understood_is_refused(self) -> None:
        for text, reason in (('', 'no JSON'), (json.dumps(GOOGLE).replace('"ns"', '"us"'), 'in us'),
                             (json.dumps(GOOGLE).replace('sha-256/64"', 'sha-256"'), 'what is')):
            with self.assertRaisesRegex(PartError, reason):
                list(software.parse(text, 'all'))
        for line in ('sha-256/encrypt/64', 'sha-256/64 aa 1:1', 'sha-256/encrypt/64 aa 1', 'sha-256/encrypt/x aa 1:1'):
            with self.assertRaisesRegex(PartError, 'what is'):
                list(software.parse_kernel(line))

    def test_what_was_measured_before_a_failure_is_kept(self) -> None:
        """The third process ends with status 7: two rounds' figures are there, marked as not complete."""
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / 'bench/cce_bench_openssl'
            program.parent.mkdir()
            program.write_text(f'#!/bin/bash\n[[ $1 == --print-mask ]] && exit\ncd "{folder}" && echo >>runs\n'
                               f"(($(wc -l <runs) < 3)) || exit 7\necho '{json.dumps(GOOGLE)}'\n", encoding='utf-8')
            program.chmod(0o755)
            report = empty_report()
            failure = command.measure_part(software.SoftwarePart(), context(Path(folder)), report)
        self.assertRegex(failure or '', 'software: cce_bench_openssl failed with status 7')
        self.assertEqual({figure.name for figure in report.figures}, {'software.time', 'software.cycles'})
        self.assertFalse(any(figure.complete for figure in report.figures))
        self.assertEqual(report.parts['software']['figures'], len(report.figures))

    def test_openssl_speed(self) -> None:
        self.assertEqual(software.speed_rate('+H:16384\n+F:25:AES-256-GCM:597550180.39\n'), 597550180.39)
        with self.assertRaisesRegex(PartError, 'no result'):
            software.speed_rate('+H:16384\n')


class LinuxTest(unittest.TestCase):
    BEFORE = 'queue0.completed: 10\nqueue0.interrupts: 1\nqueue0.doorbells: 2\nqueue0.polls: 0\n' \
             'queue0.bounced: 0\nqueue0.cycles: 5\nqueue1.completed: 1\nqueue0.state: running\n'
    AFTER = 'queue0.completed: 18\nqueue0.interrupts: 3\nqueue0.doorbells: 4\nqueue0.polls: 8\n' \
            'queue0.bounced: 4\nqueue0.cycles: 805\nqueue1.completed: 1\n'

    def test_counters_of_the_driver(self) -> None:
        first, last = guest.counters(self.BEFORE), guest.counters(self.AFTER)
        gained = guest.Gained({name: last[name] - first[name] for name in guest.COUNTED}, {'dma_read': 80, 'dma_written': 16})
        row = {'bytes': 64, 'in_flight': 4, 'requests': 8, 'by_cpu': 0, 'seconds': 8e-6}
        figure = linux.guest_figure('af_alg', row, gained)
        self.assertEqual(figure.value, 1000)
        self.assertEqual(figure.parts, {'requests': 8, 'interrupts': 0.25, 'doorbells': 0.25, 'polls': 1.0,
                                        'bounced': 0.5, 'engine_cycles': 100.0, 'dma_read': 10.0, 'dma_written': 2.0})
        for wrong in ({'by_cpu': 1}, {'requests': 9}):
            with self.assertRaisesRegex(PartError, 'engine ended 8 requests'):
                linux.guest_figure('af_alg', {**row, **wrong}, gained)

    def test_rows_of_the_driver(self) -> None:
        rows = [{'algorithm': 'ctr-aes-cce', 'bytes': 64, 'depth': 1, 'batches': 400, 'submit_median': 900, 'submit_least': 800,
                 'submit_low': 850, 'submit_high': 950, 'complete_median': 500, 'complete_least': 400, 'complete_low': 450,
                 'complete_high': 550}]
        figures = list(linux.driver_figures([{'rows': rows, 'cpu_below': {'ctr': 512}}]))
        self.assertEqual([(figure.name, figure.value) for figure in figures],
                         [('linux.driver.submit', 900), ('linux.driver.complete', 500), ('linux.driver.threshold', 512)])
        self.assertEqual([figure.quartiles for figure in figures], [(850, 950), (450, 550), None])
        self.assertEqual([figure.repetitions for figure in figures], [400, 400, 1])

        slow = [{name: value * 2 if '_' in name else value for name, value in row.items()} for row in rows]
        of_three = list(linux.driver_figures([{'rows': some, 'cpu_below': {'ctr': size}} for some, size in
                                              ((rows, 512), (slow, 1024), (rows, 512))]))
        self.assertEqual([figure.value for figure in of_three], [900, 500, 512])
        self.assertEqual([figure.quartiles for figure in of_three], [(850, 1900), (450, 1100), None])
        self.assertEqual([figure.repetitions for figure in of_three], [1200, 1200, 1])

    def test_users_are_skipped_where_nobody_can_look(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            context = Context(folder, folder, Progress(1, io.StringIO()), ['gcm'], [], [], [])
            with mock.patch.object(linux, 'guest_kernel', return_value=None):
                self.assertEqual(list(linux.LinuxPart().measure(context)), [])
            self.assertRegex(context.skipped[0], '^linux: the guest kernel is not built')

    def test_what_a_user_needs_and_is_not_there_is_named(self) -> None:
        with tempfile.TemporaryDirectory() as name, mock.patch('shutil.which', return_value=None):
            folder = Path(name)
            context = Context(folder, folder, Progress(1, io.StringIO()), ['gcm'], [], [], [])
            self.assertEqual(list(linux_users.measure(context, folder, folder / 'cce.ko')), [])
            for reason, said in zip(context.skipped, ('dm-crypt: there is no cryptsetup: install the Debian package cryptset',
                                                      'ipsec: there is no ip: ', 'provider: .*cce.so is not built')):
                self.assertRegex(reason, said)
            self.assertEqual(len(context.skipped), 3)

    def test_what_users_of_the_driver_left(self) -> None:
        sizes = {'dm-crypt': (4096,), 'ipsec': (64,), 'provider': (1024,)}
        names = [f'{name}.{when}' for name in ('dm-crypt.write.4096', 'dm-crypt.read.4096', 'ipsec.ping.64', 'ipsec.burst.64',
                                               'provider.aes-256-gcm.1024') for when in ('before', 'after')]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for number, look in enumerate(names):
                (folder / f'{look}.queues').write_text(''.join(
                    f'queue{queue}.{counter}: {number * grows}\n' for queue in (0, 1) for counter, grows in
                    (('completed', 10), ('interrupts', 5), ('doorbells', 10), ('polls', 0), ('bounced', 0), ('cycles', 1000))),
                    encoding='utf-8')
                if look.endswith('before'):
                    (folder / f'{look.removesuffix(".before")}.json').write_text(json.dumps(
                        {'nanoseconds': [300, 100, 200, 200, 200], 'benchmarks': [
                            {'run_type': 'iteration', 'real_time': 50.0, 'iterations': 19}]}), encoding='utf-8')
            (folder / 'looks').write_text('\n'.join(names), encoding='utf-8')
            marks = [{'dma_bytes_read': 2000 * number, 'dma_bytes_written': 400 * number} for number in range(len(names))]
            (folder / 'server.json').write_text(json.dumps({'marks': marks}), encoding='utf-8')
            found = list(linux_users.figures_of(folder, sizes, ['aes-256-gcm']))
            self.assertEqual([(figure.conditions['user'], figure.conditions['operation'], figure.value) for figure in found],
                             [('dm-crypt', 'write', 200), ('dm-crypt', 'read', 200), ('ipsec', 'ping', 200),
                              ('ipsec', 'burst', 200), ('provider', 'EVP', 50.0)])
            expected = {'min': 100, 'max': 300, 'requests': 20, 'interrupts': 0.5, 'doorbells': 1.0, 'polls': 0.0, 'bounced': 0.0,
                        'engine_cycles': 100.0, 'dma_read': 100.0, 'dma_written': 20.0}
            self.assertEqual(found[0].parts, {**expected, 'requests_per_operation': 4.0})
            self.assertEqual(found[4].parts, {**expected, 'min': 50.0, 'max': 50.0, 'requests_per_operation': 1.0})
            report = empty_report()
            report.figures = found
            self.assertIn('dm-crypt</td><td>write</td><td>aes-256-xts</td><td>4 KiB</td><td>200</td>', page(report))
            self.assertEqual([figure.conditions['user'] for figure in linux_users.figures_of(folder, {'ipsec': (64,)}, [])],
                             ['ipsec', 'ipsec'])
            # A look that the device server did not see: nobody knows which mark is whose.
            (folder / 'server.json').write_text(json.dumps({'marks': marks[1:]}), encoding='utf-8')
            with self.assertRaisesRegex(PartError, '10 looks .* 9 marks'):
                list(linux_users.figures_of(folder, sizes, []))

    def test_rates_are_exact_where_the_guest_has_the_engines_time(self) -> None:
        row = {'bytes': 64, 'in_flight': 1, 'requests_per_second': 5e5}
        figures = list(linux.library_figures({'clock_mhz': 250, 'reports': {'guest.af_alg': {'rows': [row]},
                                                                            'engine.in-process': {'rows': [row]}}}, 50))
        self.assertEqual([(figure.conditions['backend'], figure.exact) for figure in figures],
                         [('af_alg', True), ('in-process', False)])


class OperationsTest(unittest.TestCase):
    """bench/linux_users/operations.py, without a guest: on this machine's loopback, in one namespace."""

    def test_datagrams_and_back(self) -> None:
        with mock.patch.object(operations, 'enter'):
            self.assertEqual(len(operations.datagrams('127.0.0.1', '127.0.0.1', 64, 4, 3)), 3)

    def test_one_that_cannot_answer_is_told(self) -> None:
        with mock.patch.object(operations, 'enter', side_effect=OSError('no such namespace')), \
                open(os.devnull, 'w', encoding='utf-8') as nowhere, mock.patch('sys.stderr', nowhere), \
                self.assertRaisesRegex(OSError, '127.0.0.1 does not answer'):
            operations.datagrams('127.0.0.1', '127.0.0.1', 64, 1, 1)

    def test_a_device_is_written_and_read(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.truncate(3 * 4096)
            try:
                os.close(os.open(file.name, os.O_RDWR | os.O_DIRECT))
            except OSError as error:
                self.skipTest(f'no O_DIRECT here: {error}')
            for way in ('write', 'read'):
                self.assertEqual(len(operations.blocks(way, file.name, 4096, 5)), 5)
            self.assertEqual(Path(file.name).read_bytes(), bytes(range(256)) * 48)


class ComparisonTest(unittest.TestCase):
    def test_break_even_where_it_can_be_computed_by_hand(self) -> None:
        offload = comparison.Offload(known_report(), ENGINE, CPU, 'gcm')
        # Alone: (1600 + 1000 + 3000) / 2 + 30 + 200 + (200 + size / 16) * 2 ns; software: size ns.
        self.assertAlmostEqual(offload.latency_ns(1024), 2800 + 230 + 2 * (200 + 64))
        self.assertAlmostEqual(offload.software_ns(1024), 1024)
        exact = (2800 + 230 + 400) / (1 - 0.125)
        found = comparison.break_even(offload, 'latency')
        assert found is not None
        self.assertLess(exact, found)
        self.assertLessEqual(found, exact + comparison.STEP)
        self.assertEqual(found % comparison.STEP, 0)
        # CPU time of many: (1600 + 1000) / 2 + 30, an interrupt and a doorbell each since nobody counted them.
        self.assertEqual(comparison.break_even(offload, 'cpu_time'), 1344)
        # Throughput: the slower of host and engine: 1330 ns up to 7.4 KiB.
        self.assertEqual(comparison.break_even(offload, 'throughput'), 1344)
        self.assertAlmostEqual(offload.turn_ns(65536), 2 * (200 + 4096))

    def test_never_and_always(self) -> None:
        fast = comparison.Offload(known_report(software_cycles=0.1), ENGINE, CPU, 'gcm')
        self.assertIsNone(comparison.break_even(fast, 'latency'))
        slow = comparison.Offload(known_report(software_cycles=1000), ENGINE, CPU, 'gcm')
        self.assertEqual(comparison.break_even(slow, 'cpu_time'), 16)

    def test_counted_doorbells_and_interrupts(self) -> None:
        report = known_report()
        for size, depth, share in ((64, 1, 1.0), (64, 128, 0.0), (4096, 128, 0.01)):
            report.figures.append(Figure('linux.guest', 'ns', 1, {'backend': comparison.COUNTED_BACKEND, 'bytes': size,
                                                                  'depth': depth}, {'doorbells': share, 'interrupts': share}))
        offload = comparison.Offload(report, ENGINE, CPU, 'gcm')
        self.assertAlmostEqual(offload.host_cycles(64), 1600 + 0.01 * 1000 + 0.01 * 30 * 2)

    def test_all_pairs_and_what_is_missing(self) -> None:
        found = comparison.compare(known_report())
        self.assertEqual({one.kind for one in found.break_evens}, set(comparison.KINDS))
        saving = found.savings[0]
        self.assertAlmostEqual(saving.cpu_seconds_per_gb + saving.saved_cpu_seconds_per_gb, 1.0)
        report = known_report()
        report.figures = [figure for figure in report.figures if not figure.name.startswith('linux')]
        found = comparison.compare(report)
        self.assertEqual((found.break_evens, len(found.missing)), ([], 1))
        self.assertIn('host cycles of the driver', found.missing[0])

    def test_engines_by_their_clock(self) -> None:
        report = empty_report(*profiles.pairs(['asic-1ghz', 'soc-500mhz', 'fpga-100mhz'])[0], CPU)
        self.assertEqual([pair[0].name for pair in comparison.pairs_of(report)], ['fpga-100mhz', 'soc-500mhz', 'asic-1ghz'])

    def test_curves(self) -> None:
        curve = comparison.Curve({16: 1.0, 32: 3.0, 64: 3.0})
        self.assertEqual([curve(size) for size in (8, 16, 24, 32, 48, 128)], [1.0, 1.0, 2.0, 3.0, 3.0, 3.0])
        with self.assertRaises(ValueError):
            comparison.Curve({})

    def test_polling_and_interrupt(self) -> None:
        offload = comparison.Offload(known_report(), ENGINE, CPU, 'gcm')
        # 2000 ns of interrupt and wake-up; polling takes 400 + size / 8 ns.
        found = crossover(offload)
        assert found is not None
        self.assertTrue(12800 < found <= 12800 + 256)


class CompareTest(unittest.TestCase):
    @staticmethod
    def report(*figures: Figure) -> Report:
        report = empty_report()
        report.figures = list(figures)
        return report

    def verdicts(self, old: Figure, new: Figure) -> list[str]:
        return [change.verdict for change in compare.differences(self.report(old), self.report(new)).changes]

    def test_exact_figures_by_any_difference(self) -> None:
        def cycles(name: str, value: float, **parts: float) -> Figure:
            return Figure(name, 'cycles', value, {'bytes': 64}, parts, exact=True)

        self.assertEqual(self.verdicts(cycles('engine.latency', 100), cycles('engine.latency', 101)), ['worse'])
        self.assertEqual(self.verdicts(cycles('engine.latency', 100), cycles('engine.latency', 99)), ['better'])
        self.assertEqual(self.verdicts(cycles('engine.throughput', 15), cycles('engine.throughput', 14)), ['worse'])
        self.assertEqual(self.verdicts(cycles('engine.bus', 0.5), cycles('engine.bus', 0.6)), ['changed'])
        self.assertEqual(self.verdicts(cycles('engine.latency', 100, max=200), cycles('engine.latency', 100, max=201)),
                         ['worse'])
        self.assertEqual(self.verdicts(cycles('engine.latency', 100), cycles('engine.latency', 100)), [])

    def test_figures_of_the_host_beyond_their_spread(self) -> None:
        def time(low: float, median: float, high: float) -> Figure:
            return Figure('software.time', 'ns', median, {'bytes': 64}, {}, 10, (low, high))

        self.assertEqual(self.verdicts(time(9, 10, 11), time(10.5, 11.5, 12)), [])
        self.assertEqual(self.verdicts(time(9, 10, 11), time(11.5, 12, 13)), ['worse'])
        self.assertEqual(self.verdicts(time(9, 10, 11), time(7, 8, 8.5)), ['better'])
        # Measured once, as the simulation of a quick run, it is another one every time. Older reports say 99 to 99.
        for once in (summarize('software.time', 'ns', [99.0], {'bytes': 64}),
                     Figure('software.time', 'ns', 99, {'bytes': 64}, {}, 1, (99, 99))):
            found = compare.differences(self.report(time(9, 10, 11)), self.report(once))
            self.assertEqual((found.changes, found.compared, found.no_spread), ([], 0, 1))
            self.assertIn('1 figures of the host have no spread', compare.text(found))

    def test_what_is_in_one_alone(self) -> None:
        one, other = Figure('a', 'x', 1), Figure('b', 'x', 1)
        found = compare.differences(self.report(one), self.report(other))
        self.assertEqual((found.compared, found.only_old, found.only_new), (0, ['a ()'], ['b ()']))
        self.assertIn('1 are in the old report alone', compare.text(found))


class BaselineTest(unittest.TestCase):
    def test_what_got_worse(self) -> None:
        old = {'a': {'cycles': 100, 'latency_max': 50}, 'gone': {'cycles': 1}}
        new = {'a': {'cycles': 99, 'latency_max': 51}, 'new': {'cycles': 1}}
        worse, other = baseline.judge(old, new)
        self.assertEqual(worse, ['a: latency_max 50 -> 51', 'gone: no longer measured', 'new: not in the baseline'])
        self.assertEqual(other, ['a: cycles 100 -> 99'])
        self.assertEqual(baseline.judge(old, old), ([], []))

    def test_a_worse_engine_is_found(self) -> None:
        """The whole check, with a program that answers what we want."""
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / 'sweep'
            program.write_text('#!/usr/bin/python3\nimport json, sys\nfor line in sys.stdin:\n'
                               ' print(json.dumps({"point": json.loads(line), "cycles": CYCLES, '
                               '"latency": {"p50": 1, "max": 2}}), flush=True)\n', encoding='utf-8')
            program.chmod(0o755)
            text = program.read_text(encoding='utf-8')
            file = Path(folder) / 'baseline.json'
            common = ['--program', str(program), '--file', str(file), '--log', str(Path(folder) / 'log')]
            for cycles, action, code in ((1000, 'write', 0), (1000, 'check', 0), (999, 'check', 0), (1001, 'check', 1)):
                program.write_text(text.replace('CYCLES', str(cycles)), encoding='utf-8')
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    self.assertEqual(baseline.main([action, *common]), code, out.getvalue())


class PageTest(unittest.TestCase):
    def test_everything_is_in_one_file(self) -> None:
        report = known_report()
        report.complete = True
        report.parts['linux'] = {'complete': True, 'seconds': 1, 'figures': 1, 'skipped': ['a <reason>']}
        text = page(report)
        pictures = [base64.b64decode(data).decode() for data in re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', text)]
        self.assertGreater(len(pictures), 3)
        self.assertIn('a &lt;reason&gt;', text)
        # Long texts of a profile take several lines, and so stay on the paper.
        self.assertIn('<td class="wide">clock_mhz 500, ', text)
        for one in (text, *pictures):
            self.assertNotIn('<script', one)
            self.assertNotRegex(one, r'(src|href)="(?!data:|#)')
            self.assertNotRegex(one, r'@import|url\((?!#)')
        self.assertNotIn('not completed', text)
        self.assertIn('not completed', page(empty_report()))

    def test_what_a_report_says_is_no_markup(self) -> None:
        report = known_report()
        report.machine = {name: f'<i>{name}' for name in ('cpu', 'cores', 'hypervisor', 'kernel', 'openssl', 'compiler',
                                                          'revision')}
        text = page(report)
        self.assertNotIn('<i>', text)
        for name in report.machine:
            self.assertIn(f'&lt;i&gt;{name}', text)

    def test_plots_are_drawn_from_figures_and_left_out_without(self) -> None:
        drawn = [title for title, _, draw in all_plots(known_report()) if draw()]
        self.assertIn('Throughput over size, GCM', drawn)
        self.assertIn('Host cycles of a request', drawn)
        self.assertIn('Polling or interrupt', drawn)
        self.assertEqual([title for title, _, draw in all_plots(empty_report()) if draw()], [])

    def test_a_run_that_ended_between_submission_and_completion(self) -> None:
        report = known_report()
        (last,) = (figure for figure in report.select('linux.driver.complete', bytes=65536, depth=16))
        report.figures.remove(last)
        self.assertIn('Host cycles of a request', page(report))
        self.assertNotIn(65536, comparison.driver_cost(report, 'gcm-aes-cce', 0))
        report.figures = [figure for figure in report.figures if figure.name != 'linux.driver.complete']
        self.assertIn('not completed', page(report))

    def test_sizes(self) -> None:
        self.assertEqual([size_text(size) for size in (16, 1420, 4096, 1 << 20, 17520, 930784)],
                         ['16', '1,420', '4 KiB', '1 MiB', '17.1 KiB', '909 KiB'])


class ReadmeTest(unittest.TestCase):
    def test_the_main_table(self) -> None:
        text = readme.block(known_report())
        self.assertIn('`scripts/bench.sh`', text)
        one = {kind: size for kind, size in ((one.kind, one.bytes) for one in comparison.compare(known_report()).break_evens)}
        self.assertIn(f'| AES-256-GCM | {readme.size_of(one["latency"])} / {readme.size_of(one["throughput"])} |', text)
        self.assertEqual([readme.size_of(size) for size in (None, 16, 8192)], ['never', 'always', '8 KiB'])
        with self.assertRaisesRegex(ReportError, 'no comparison'):
            readme.block(empty_report())

    def test_what_cannot_be_shown_is_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(readme, 'ROOT', Path(folder)), \
                contextlib.redirect_stderr(io.StringIO()) as errors:
            report, page_file = Path(folder) / 'report.json', Path(folder) / 'README.md'
            (Path(folder) / 'docs').mkdir()
            page_file.write_text('before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nafter\n', encoding='utf-8')
            made = known_report()
            made.write_json(report)
            self.assertEqual(readme.main([str(report)]), 2)
            self.assertIn('was not completed', errors.getvalue())
            made.complete = True
            made.write_json(report)
            self.assertEqual(readme.main([str(report)]), 0, errors.getvalue())
            text = page_file.read_text(encoding='utf-8')
            self.assertTrue(text.startswith('before\n<!-- bench: begin -->\n`scripts') and text.endswith('end -->\nafter\n'))
            self.assertNotIn('old', text)
            self.assertIn('</svg>', (Path(folder) / readme.PLOT).read_text(encoding='utf-8'))
            page_file.write_text('nothing', encoding='utf-8')
            self.assertEqual(readme.main([str(report)]), 2)
            self.assertIn('has 0 blocks', errors.getvalue())


class FakePart:
    def __init__(self, name: str, *, then: BaseException | None = None) -> None:
        self.name, self.then = name, then

    def seconds(self, context: Context) -> float:
        return 1

    def measure(self, context: Context) -> Iterator[Figure]:
        context.skip(f'{self.name}: something')
        yield Figure(f'{self.name}.figure', 'x', 1.0)
        if isinstance(self.then, command.Interrupted):
            os.kill(os.getpid(), signal.SIGTERM)
        elif self.then:
            raise self.then
        yield Figure(f'{self.name}.figure', 'x', 2.0, {'second': True})


class CommandTest(unittest.TestCase):
    def setUp(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self.addCleanup(signal.signal, number, signal.getsignal(number))

    def run_with(self, *parts: FakePart, arguments: tuple[str, ...] = ()) -> tuple[int, Report]:
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(command, 'PARTS', parts), \
                contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            code = command.main(['--out', folder, '--build', folder, *arguments])
            for name in ('report.json', 'report.csv', 'report.html'):
                self.assertTrue((Path(folder) / name).is_file())
            return code, read_report(Path(folder) / 'report.json')

    def test_a_whole_run(self) -> None:
        code, report = self.run_with(FakePart('one'), FakePart('two'))
        self.assertEqual((code, report.complete, len(report.figures)), (0, True, 4))
        self.assertEqual(report.skipped(), [('one', 'one: something'), ('two', 'two: something')])

    def test_a_part_that_fails_leaves_the_others(self) -> None:
        code, report = self.run_with(FakePart('one', then=PartError('broken')), FakePart('two'))
        self.assertEqual((code, report.complete, len(report.figures)), (1, False, 3))
        self.assertEqual(report.parts['one']['failure'], 'one: broken')
        self.assertTrue(report.parts['two']['complete'])

    def test_a_program_that_prints_something_else_fails_its_part_alone(self) -> None:
        for error in (IndexError('no rows'), KeyError('rows'), TypeError('a list'), ZeroDivisionError('no time')):
            code, report = self.run_with(FakePart('one', then=error), FakePart('two'))
            self.assertEqual((code, report.complete, len(report.figures)), (1, False, 3))
            self.assertIn(type(error).__name__, report.parts['one']['failure'])

    def test_an_interruption_keeps_what_is_done(self) -> None:
        code, report = self.run_with(FakePart('one', then=command.Interrupted()), FakePart('two'))
        self.assertEqual((code, report.complete, len(report.figures)), (130, False, 1))
        self.assertFalse(report.parts['one']['complete'])
        self.assertNotIn('two', report.parts)

    def test_wrong_usage_names_what_is_known(self) -> None:
        for arguments, reason in ((['--profile', 'toaster'], "no profile 'toaster'; known: asic-1ghz"),
                                  (['--algorithms', 'rot13'], "no algorithm 'rot13'; known: ecb"),
                                  (['--parts', 'coffee'], "no part 'coffee'; known: engine"),
                                  (['--compare', '/nothing'], 'cannot read /nothing')):
            with contextlib.redirect_stderr(io.StringIO()) as errors, self.subTest(arguments=arguments):
                self.assertEqual(command.main(arguments), 2)
                self.assertIn(reason, errors.getvalue())

    def test_arguments_can_be_checked_alone(self) -> None:
        with mock.patch.object(command, 'measure', side_effect=AssertionError), tempfile.TemporaryDirectory() as folder:
            self.assertEqual(command.main(['--check', '--out', folder]), 0)
            with contextlib.redirect_stderr(io.StringIO()) as errors:
                self.assertEqual(command.main(['--check', '--out', folder, '--from', folder]), 2)
            self.assertIn('Is a directory', errors.getvalue())
            self.assertEqual(os.listdir(folder), [])

    def test_comparing_two_reports(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            old, new = Path(folder) / 'old.json', Path(folder) / 'new.json'
            known_report().write_json(old)
            for fixed, code in ((200, 0), (190, 0), (201, 3)):
                known_report(fixed).write_json(new)
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    self.assertEqual(command.main(['--from', str(new), '--compare', str(old), '--out', folder]), code,
                                     out.getvalue())

    def test_times_of_another_machine_are_not_compared(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            old, new = Path(folder) / 'old.json', Path(folder) / 'new.json'

            def report(cpu: str, nanoseconds: float) -> Report:
                made = known_report()
                made.machine['cpu'] = cpu
                made.figures.append(Figure('software.time', 'ns', nanoseconds, {}, {}, 10, (nanoseconds, nanoseconds)))
                return made

            report('slow', 100).write_json(old)
            report('fast', 200).write_json(new)
            cases: list[tuple[list[str], int, str]] = [([], 0, 'figures of the host were not compared'),
                                                       (['--force'], 3, 'all the same')]
            for more, code, said in cases:
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    self.assertEqual(command.main(['--from', str(new), '--compare', str(old), '--out', folder, *more]), code)
                self.assertIn(said, out.getvalue())
                self.assertIn('the machines differ (cpu: slow / fast)', out.getvalue())
            report('slow', 110).write_json(new)
            with contextlib.redirect_stdout(io.StringIO()) as out:
                self.assertEqual(command.main(['--from', str(new), '--compare', str(old), '--out', folder]), 3)
            self.assertRegex(out.getvalue(), r'software\.time +1 figures: half within 10\.0 %')
            with contextlib.redirect_stderr(io.StringIO()) as errors:
                self.assertEqual(command.main(['--force', '--from', str(new), '--out', folder]), 2)
            self.assertIn('--force is for --compare', errors.getvalue())

    def test_a_report_that_nothing_can_be_made_of(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'report.json'
            report = known_report()
            report.figures[0] = Figure('linux.guest', 'ns', 1.0, {'backend': 'dev_io_uring'})
            report.write_json(path)
            with contextlib.redirect_stderr(io.StringIO()) as errors:
                self.assertEqual(command.main(['--from', str(path), '--out', folder]), 2)
            self.assertIn('no page can be made of', errors.getvalue())

    def test_help_lists_what_can_be_chosen(self) -> None:
        done = subprocess.run(['/usr/bin/python3', '-B', '-m', 'report', '--help'], capture_output=True, text=True,
                              check=True, cwd=profiles.FOLDER.parent)
        for word in ('gcm', 'soc-500mhz', '--quick', '--compare', 'engine, scale'):
            self.assertIn(word, done.stdout)


class ProgressTest(unittest.TestCase):
    def test_share_and_time_left(self) -> None:
        out = io.StringIO()
        progress = Progress(100, out=out, interval=0)
        progress._start -= 50
        progress.advance('engine', 25, 'gcm')
        self.assertRegex(out.getvalue(), r'^bench:  25 %, (2|3) min left: engine: gcm\n$')
        progress.advance('engine', 1000)
        self.assertEqual(progress.left(), 0)


class IdleTest(unittest.TestCase):
    """Whether other programs ran meanwhile."""

    def test_a_program_that_runs_is_one_of_the_others(self) -> None:
        others = machine.Others()
        with subprocess.Popen(['/bin/sh', '-c', 'while :; do :; done']) as process:
            time.sleep(0.5)
            running = others.cores()
            process.kill()
        self.assertGreater(running, 0)

    def test_page_and_readme_tell_of_a_machine_that_was_not_idle(self) -> None:
        for cores, told in ((0.02, False), (0.7, True)):
            report = known_report()
            report.figures.append(Figure(software.OTHERS, 'cores', cores))
            self.assertEqual('was not idle' in page(report), told)
            self.assertEqual('was not idle' in readme.block(report), told)


if __name__ == '__main__':
    unittest.main()
