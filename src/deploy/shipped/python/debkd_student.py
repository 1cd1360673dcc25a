#!/usr/bin/env python3
"""Answers with a student of debkd in Python. It needs NumPy, and Pillow for files of images.

    python3 debkd_student.py STUDENT rows.csv > answers.csv

STUDENT is student.debkd, student.safetensors, or a folder with one of them. In a program:

    from debkd_student import open_student
    student = open_student('student.debkd')
    student.predict({'age': 41, 'job': 'nurse'})  # {'probability': ..., 'label': ...}

Sums have the order of debkd's and every step rounds as it does, so probabilities equal those of `debkd predict` bit for bit. MIT licence.
"""
import argparse
import base64
import bisect
import collections
import decimal
import gzip
import hashlib
import io
import json
import math
import os
import re
import struct
import sys
import zlib

import numpy as np

FORMAT_VERSIONS = (1, 2)  # 2 has thresholds by the values of a column
MISSING = ('na', 'n/a', '#n/a', '<na>', 'nan', 'null', '?')
BATCH = 1024
AGAIN = 'copy the file again, or export again'
NEWER = 'this reader does not know it; take the debkd_student.py of a newer debkd'


class StudentError(ValueError):
    """A file is no student, or damaged, or of another version."""


class RecordError(ValueError):
    """A record or a table does not fit the student."""


def quote(value):
    return json.dumps(value, ensure_ascii=False, default=str)


# ---- texts of values, as JavaScript writes and reads them

WHITE = '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'
NUMBER = re.compile(r'[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?')


def parse_number(text):
    """A decimal number; NaN for any other text."""
    stripped = text.strip(WHITE)
    return float(stripped) if NUMBER.fullmatch(stripped) else math.nan


def text_of(value):
    """A value as a table has it: that of JavaScript's String."""
    if isinstance(value, str):
        return value
    if value is None:
        return ''
    if isinstance(value, np.generic):
        return text_of(value.item())
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, int):
        value = float(value)
    if not isinstance(value, float):
        raise RecordError(f'{type(value).__name__}, expected text, a number, True, False or None')
    if math.isnan(value):
        return 'NaN'
    if math.isinf(value):
        return 'Infinity' if value > 0 else '-Infinity'
    if value == 0:
        return '0'
    sign, numerals, exponent = decimal.Decimal(repr(value)).normalize().as_tuple()
    digits = ''.join(map(str, numerals))
    point = len(digits) + exponent
    if len(digits) <= point <= 21:
        text = digits + '0' * (point - len(digits))
    elif 0 < point <= 21:
        text = f'{digits[:point]}.{digits[point:]}'
    elif -6 < point <= 0:
        text = f'0.{"0" * -point}{digits}'
    else:
        fraction = f'.{digits[1:]}' if len(digits) > 1 else ''
        text = f'{digits[0]}{fraction}e{"+" if point > 0 else "-"}{abs(point - 1)}'
    return ('-' if sign else '') + text


def is_boolean(value):
    return isinstance(value, (bool, np.bool_))


def same_value(texts):
    """A function that finds the one text that is the same number or boolean as a value that is no text: pandas writes true as True and 1 as 1.0."""
    known = {}
    for text in texts:
        lower = text.strip(WHITE).lower()
        own = ('boolean', lower) if lower in ('true', 'false') else parse_number(text)
        known[own] = None if own in known else text

    def find(value):
        if is_boolean(value):
            return known.get(('boolean', text_of(value)))
        return known.get(float(value)) if isinstance(value, (int, float, np.number)) and math.isfinite(value) else None

    return find


# ---- elementary functions: the operations of debkd in the same order, because those of the host differ in the last bits

LN2_HI = 0.6931471803691238
LN2_LO = 1.9082149292705877e-10
LOG2E = 1.4426950408889634


def exp(x):
    """e^x of float64 values."""
    x = np.asarray(x, np.float64)
    inner = np.clip(x, -745.1332191019412, 709.782712893384)
    k = np.floor(inner * LOG2E + 0.5)
    r = inner - k * LN2_HI - k * LN2_LO
    q = np.full_like(r, 1 / 6227020800)
    for divisor in (479001600, 39916800, 3628800, 362880, 40320, 5040, 720, 120, 24, 6):
        q = q * r + 1 / divisor
    q = q * r + 0.5
    y = 1 + (r + r * r * q)
    power = k.astype(np.int32)
    half = power >> 1
    y = np.ldexp(np.ldexp(y, half), power - half)
    return np.where(x > 709.782712893384, np.inf, np.where(x < -745.1332191019412, 0.0, y))


def sigmoid(v):
    """1 / (1 + e^-v)."""
    v = np.asarray(v, np.float64)
    e = exp(-np.abs(v))
    return np.where(v >= 0, 1 / (1 + e), e / (1 + e))


def tanh(x):
    a = np.abs(x)
    z = x * x
    near = x * (1 + z * (-1 / 3 + z * (2 / 15 - z * (17 / 315))))
    e = exp(-2 * a)
    t = (1 - e) / (1 + e)
    return np.where(a < 0.01, near, np.where(x < 0, -t, t))


def gelu(v):
    return v * sigmoid(2 * 0.7978845608028654 * (v + 0.044715 * v * v * v))


def log_reduced(f, k, c):
    s = f / (2 + f)
    half = 0.5 * f * f
    z = s * s
    q = 2 / 25
    for divisor in (23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3):
        q = q * z + 2 / divisor
    return s * (half + q * z) + (k * LN2_LO + c) - half + f + k * LN2_HI


def reduce(x):
    """x = m 2^k with m near 1."""
    (bits,) = struct.unpack('>Q', struct.pack('>d', x))
    high = ((bits >> 32) + (0x3FF00000 - 0x3FE6A09E)) & 0xFFFFFFFF
    (m,) = struct.unpack('>d', struct.pack('>Q', (((high & 0xFFFFF) + 0x3FE6A09E) << 32) | (bits & 0xFFFFFFFF)))
    return m, (high >> 20) - 1023


def log1p(x):
    """log(1 + x) of one number above -1."""
    if math.isnan(x) or x == math.inf:
        return x
    if -0.2928932188134524 < x < 0.41421356237309503:
        return x if abs(x) < 1.1102230246251565e-16 else log_reduced(x, 0, 0)
    u = 1 + x
    m, k = reduce(u)
    c = (1 - (u - x) if k >= 2 else x - (u - 1)) / u if k < 54 else 0
    return log_reduced(m - 1, k, c)


def log(x):
    """log(x) of one normal number above 0."""
    m, k = reduce(x)
    return log_reduced(m - 1, k, 0)


def symlog(x):
    return -log1p(-x) if x < 0 else log1p(x)


# ---- steps of a column (docs/preprocessing.md of debkd); None is a missing value


class Refused(ValueError):
    """Why a value cannot be encoded."""


def number_in(x, name):
    """The value as a number; None stays."""
    if not isinstance(x, str):
        return None if x is None else float(x)
    number = parse_number(x)
    if not math.isfinite(number):
        raise Refused(f'{quote(x)} is not a finite number, and {name} takes numbers')
    return number


def of_numbers(name, f):
    def apply(x):
        number = number_in(x, name)
        return None if number is None else f(number)

    return apply


def finder(listed):
    places = {value: i for i, value in enumerate(listed)}
    numeric = any(isinstance(value, (int, float)) for value in listed)
    return lambda x: places.get(parse_number(x) if numeric and isinstance(x, str) else x)


ABSENT = object()


def look_up(listed, outputs, name, step, imputed, unlisted):
    find = finder(listed)
    otherwise, missing = step.get('otherwise', ABSENT), step.get('missing')

    def apply(x):
        index = find(x)
        if index is not None:
            return outputs[index]
        if x is None:
            return missing
        if otherwise is not ABSENT:
            return otherwise
        if imputed:
            unlisted.append(x)
            return None
        raise Refused(f'{name} does not list {quote(x)}')

    return apply


def yeo_johnson(x, exponent):
    t = log1p(x)
    z = exponent * t
    if not -0.5 < z < 0.5:
        return (float(exp(z)) - 1) / exponent
    total = 1.0
    for k in range(14, 1, -1):
        total = 1 + (z / k) * total
    return t * total


ISO = re.compile(
    '(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})'
    '(?:[T ](?P<hour>[0-9]{2}):[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?'
)
TOKENS = {
    'YYYY': '(?P<year>[0-9]{4})',
    'MM': '(?P<month>[0-9]{1,2})',
    'DD': '(?P<day>[0-9]{1,2})',
    'HH': '(?P<hour>[0-9]{1,2})',
    'mm': '[0-9]{2}',
    'ss': '[0-9]{2}(?:[.,][0-9]+)?',
}


def read_date(text, pattern):
    """Year, month, day and hour; None where the text is no date."""
    match = pattern.fullmatch(text)
    if not match:
        return None
    parts = match.groupdict()
    year, month, day, hour = (int(parts.get(name) or 0) for name in ('year', 'month', 'day', 'hour'))
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    lengths = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    if not (1 <= month <= 12 and 1 <= day <= lengths[month - 1] and hour < 24):
        return None
    return {'year': year, 'month': month, 'day': day, 'hour': hour}


def day_number(date):
    year, month = (date['year'], date['month'] - 3) if date['month'] > 2 else (date['year'] - 1, date['month'] + 9)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + date['day']


def date_step(step, name):
    part, form = step['date'], step.get('format')
    pattern = ISO
    if form is not None:
        tokens = re.findall('YYYY|MM|DD|HH|mm|ss|.', form, re.DOTALL)
        pattern = re.compile(''.join(TOKENS.get(token, re.escape(token)) for token in tokens))
    start = day_number(read_date(step['since'].strip(WHITE), ISO)) if 'since' in step else 0

    def apply(x):
        if x is None:
            return None
        found = read_date(text_of(x).strip(WHITE), pattern)
        if found is None:
            raise Refused(f'{quote(x)} is not a date of {name}, expected {form or "YYYY-MM-DD, with or without a time"}')
        if part == 'daysSince':
            return day_number(found) - start
        return (day_number(found) + 1) % 7 if part == 'weekday' else found[part]

    return apply


KINDS = ('impute', 'map', 'ordinal', 'standardise', 'minMax', 'robust', 'log1p', 'symlog', 'yeoJohnson', 'clip', 'bin', 'oneHot')
KINDS += ('date', 'missing')


def pairs_of(step):
    return list(step['map'].items()) if isinstance(step['map'], dict) else step['map']


def step_function(step, i, steps, unlisted):
    """What a step does with a value. unlisted: receives values that its list lacks, and that count as missing or are all zeros."""
    kind = next((kind for kind in KINDS if kind in step), None)
    name = f'step {i + 1} ({kind})'
    imputed = any('impute' in later for later in steps[i + 1 :])
    given = step.get(kind)
    if kind == 'impute':
        return lambda x: step['value'] if x is None else x
    if kind == 'map':
        pairs = pairs_of(step)
        return look_up([None if value == '' else value for value, _ in pairs], [to for _, to in pairs], name, step, imputed, unlisted)
    if kind == 'ordinal':
        return look_up(given, list(range(len(given))), name, step, imputed, unlisted)
    if kind == 'standardise':
        return of_numbers(name, lambda x: (x - given['mean']) / given['std'])
    if kind == 'robust':
        return of_numbers(name, lambda x: (x - given['centre']) / given['scale'])
    if kind == 'minMax':
        least, most, (low, high) = given['min'], given['max'], given.get('range', (0, 1))
        return of_numbers(name, lambda x: low + ((x - least) / (most - least)) * (high - low))
    if kind == 'log1p':

        def checked(x):
            if not x > -1:
                raise Refused(f'{text_of(x)} in {name}, expected a number above -1')
            return log1p(x)

        return of_numbers(name, checked)
    if kind == 'symlog':
        return of_numbers(name, symlog)
    if kind == 'yeoJohnson':
        power = given['lambda']
        return of_numbers(name, lambda x: -yeo_johnson(-x, 2 - power) if x < 0 else yeo_johnson(x, power))
    if kind == 'clip':
        low, high = (-math.inf if given[0] is None else given[0]), (math.inf if given[1] is None else given[1])
        return of_numbers(name, lambda x: low if x < low else high if x > high else x)
    if kind == 'bin':
        inner = given['edges'][1:-1]
        return of_numbers(name, lambda x: bisect.bisect_right(inner, x))
    if kind == 'oneHot':
        categories, drop, find = given['categories'], given.get('drop', ABSENT), finder(given['categories'])
        kept = [category for category in categories if category != drop]
        places = [-1 if category == drop else kept.index(category) for category in categories]

        def place(x):
            index = find(x)
            if index is not None:
                return places[index]
            if 'other' in given:
                return len(kept)
            unlisted.append(x)
            return -1

        return place
    if kind == 'date':
        return date_step(step, name)
    if kind == 'missing':
        return lambda x: 1 if x is None else 0
    raise StudentError(f'a step {quote(step)}; {NEWER}')


# ---- texts: hashed n-grams. Classes and lower case follow one version of Unicode, as in debkd (src/data/text/unicode-table.ts)

WORD_RUNS = (
    'X2/B.BW)2),)-?)G)eR,46-/)))9_5)**,)).))+)))<)^G)_K)`9)N*).Q0U)))*)*))0C,,E3-^>,^Z)0*2);*)8^/*^Y6^*,)*)*V:D,3-@'
    ')//^?)_A*2);)0***>)/))+,*1***,0),*)-*42)))*+).,**>)/)*)*)**))-,**++)/,))/83+)1)+)>)/)*)-*2)+)+*)7,*21/)+)0***>'
    ')/)*)-*1***+/+,*)-*2))8*).++),+*)))*+*+++4,-++),*).)6285)+)?)8*1)+),/*)+)**,*28,)0)+)?)2)-*1)+),/*-+),*2)+45)+'
    ')[)+)--,/-*22.)+):+@)1))*/+),.)))0.2**5^.-7)2O*)))-)@)))?*-)))/)2*,H)?*.23))))),2)L,<):)L1)^-^>.^B*N))-)*S)c=)'
    ',*/))),*Q),*I),*/))),*7)^-),*^7*+H88^J*.+hX*9)B-^?.0/>1>3<45)+)*4^H+),**2I+)3.^M/S-^:2G)4,42P*-3T,B.2ND,^3)E*3'
    '.25)0V*4<^A+2914_44^,02+Y*3-S*+8+)O-g6*.*N*.*0)))))))G*^))/))++)/+,*.,5-+)/_4)5)85[I9),)*2))+-.)))))),)3*,--,)'
    '^(*^nGa=.14N))-)*^,/)7@1/)/)/)/)/)/)/)/)HW)f)*K.)--*,^J***+)^N),-S)^R9HX8fT`uP^4io-^7V*b1+D<[)2)^[2*M1*^[*^F<^'
    '+,);^(4^:22.@+))Y*L4E+^563.G)^+16*2.?+^=@+*8*-2.*.*.1/)/)S)6._;)**2.cgT4?,YawDd**_*N/4--4)5)-)))*)*)_,Ic[:^4*^'
    '*P4,888^4-)_G;2/B.B3^M+.*.*.*+K4)B);)*)7*6J_;aZ)_BE+Y7)GH5<)0.S-F*L,0X`**2.L,L,P0^(43)7)/)*)3)7)/)*+^(4b[1>20@'
    '.)R)1^9.*))T)*+)*?2?1G^5;)*2>2B.BN^,.*^4,)*-0)+)E*+,)HE+EK0)FA^*2>2;5:_.^=^+[5[5P02.N+-)?aRR)*+*8.ZK2)0IG>R=C?'
    '1^;G81^0/)5A/2.^))2,,0L*)1^9,,)5))K:)M.,^2/))),)7)2/^/-2.,)0***>)/)*)-)2***+*).)-/*/+-32))*))N)2))*)),)05*E^?-'
    '2,,F^:))02`2^**1?.J^5+)32N^-/2.<DC*7,2./`E^/^Y^>=0*)*0)*)F)**142^:0*V*0)*C^30)0^>+):^=^[0^LI72.1)U)172@F*>)6^='
    '/)*)T+))*)102..)*)M)*)./2.T,2aN?19)Q+-53^I)^CnNa>`P^mL^U7qH8>2_eS-h3`zE^.~:gY/G)2.^C)2.F*-3^+1,421=-;e8U+2`R^4'
    'HA*AT^?,^-/9^4*)*3,4abZQH^U_3a|9,)/)*)bG7)E+*)6,0dH^g<_+-5+1/2+*_i92fZV*?g>-+.00*/F,_T+eC^I)^;)**)***,)4)))/)^'
    '5),*0)/)D),)-))+/)cD*A)A)G)A)G)A)G)A)G)A)0*ZfT^+,Z0)6)>-)7r4G..a-/)9*/)*)--^2I)_0U+6*2,)c1G9^.f*Ra.S`QG)>0*a8/'
    '),)*)7)`Q3/Q^@,2sV,)C)*))*))2),)))).),))))))+)*))*))))))))))*))*,)/),),)))2)9-+)-)9^|(2pRubDH_m6*`f**adM7hZ^j>'
    'g>yZ_w[-ax6hwfZaH'
)
BLANK_RUNS = (
    '(I^RJ`bK)^iO3E*-)W)_eX)'
)
SHIFT_RUNS = (
    '^5Z^4^YT^4)4^4IW*)(dI)-**7**U*)(aI(-*+(e,(+*)(dX((*)*dV((**(`*((dP((dR((*)(dV((dZ)(e.((e*((*+(e.((e2)(e4(-*)(e'
    '<((*)(e<*(*)(e<((*)*e:(+*)(e>((*+(*/(,((*)(,((*)(,(9**9**(,(+*)(`M((_/(O*)(a[)9*/(id2((*)(c5((id,*(*)(dA((_J(('
    '_N(1*bE+*+(*0(a@.(^@),^>)(_@)*_>)H^4)8^4K(80?*-(_7*(*)(5((**,a[(F`,(^2^4XI*1^)*)(F(5**^S**^>^T^rE^>ed<)(ed<-(e'
    'd<jV`*^f}P(28^e3(*.^H`jK*,`jKc0_U*1(eqU)^S*1670272670670273/7067@670670670*7(*_S((93.`7((93*7(*`S4*7(*a7((53*a'
    'W(*aS((9bM(en-+(fm=((fhO.(^,UFH;(*lNZ^(^^<^R^TX(*)(ib1((agK((iaE*-*)(icG((ib=((icM((icK)(**(*0*idY(^W*0+*,(*np'
    '1U*;C*_G5*+^1*2+*)(^b}W(1*,(*)(^jy/*+*+;*)(^jz3((^jzI((^jzA((^jz-((^jz3)(^jx7((^jy3((^jx=((^^L(7*)(^S((^jz1((^'
    'c]W(+*)(^j{E(7*)(^kaY@(*ir/Z^4tA^B^D_H^:^D`(<^B)D^B)4^B)*^B^]*^X_@`)R^4^r6^2^4iiX^2^4^4X^*nt[^6^8'
)


def decode_runs(text):
    numbers, high = [], 0
    for code in text.encode():
        if code > 92:
            high = high * 34 + code - 93
        else:
            numbers.append(high * 52 + code - 40)
            high = 0
    return numbers


class Unicode:
    """What each code point is, 1 in words and 2 for blanks, and its lower case."""

    def __init__(self):
        self.kinds = bytearray(0x110000)
        for runs, kind in ((WORD_RUNS, 1), (BLANK_RUNS, 2)):
            at = 0
            for i, count in enumerate(decode_runs(runs)):
                if i % 2:
                    self.kinds[at : at + count] = bytes([kind]) * count
                at += count
        self.lower = {}
        runs, point = iter(decode_runs(SHIFT_RUNS)), 0
        for gap, shape, zigzag in zip(runs, runs, runs):
            shift = -(zigzag + 1) // 2 if zigzag % 2 else zigzag // 2
            point += gap
            for left in range(shape >> 1, -1, -1):
                self.lower[point] = point + shift
                if left:
                    point += 1 + (shape & 1)
            point += 1


def words_of(text, unicode):
    """The words in lower case; a character that is neither in a word nor blank is a word by itself."""
    words, inside = [], False
    for character in text:
        point = ord(character)
        if 0xD800 <= point < 0xE000:
            point = 0xFFFD
        kind = unicode.kinds[point]
        lowered = chr(unicode.lower.get(point, point))
        if kind == 1 and inside:
            words[-1] += lowered
        elif kind != 2:
            words.append(lowered)
        inside = kind == 1
    return words


def murmur3(data):
    """MurmurHash3, x86, 32 bits, seed 0."""

    def scrambled(block):
        block = (block * 0xCC9E2D51) & 0xFFFFFFFF
        return (((block << 15) | (block >> 17)) * 0x1B873593) & 0xFFFFFFFF

    state, whole = 0, len(data) & ~3
    for (block,) in struct.iter_unpack('<I', data[:whole]):
        state ^= scrambled(block)
        state = (((state << 13) | (state >> 19)) * 5 + 0xE6546B64) & 0xFFFFFFFF
    state ^= scrambled(int.from_bytes(data[whole:], 'little')) ^ len(data)
    state = ((state ^ (state >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    state = ((state ^ (state >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    return state ^ (state >> 16)


class TextColumn:
    """Encodes a text as the columns of its n-grams, in their order."""

    unicode = None

    def __init__(self, column):
        TextColumn.unicode = TextColumn.unicode or Unicode()
        self.column = column
        bits = np.unpackbits(np.frombuffer(base64.b64decode(column['seen']), np.uint8), bitorder='little').astype(int)
        self.places = np.where(bits, np.cumsum(bits) - 1, -1).tolist()
        if bits.size != column['buckets'] or bits.sum() != column['width']:
            raise StudentError(f'damaged (the buckets of column {quote(column["name"])} differ from its width); {AGAIN}')
        self.squares, self.unseen = [1.0] * column['width'], 1.0
        idf = column.get('idf')
        if idf:

            def square(count):
                weight = log((1 + idf['rows']) / (1 + count)) + 1
                return weight * weight

            levels = [square(1.5 * 2**k - 0.5) for k in range(32)]
            self.squares, self.unseen = [levels[int(digit, 32)] for digit in idf['levels']], square(0)

    def ngrams(self, text):
        words = words_of(text, self.unicode)
        (fewest, most), (least, longest) = self.column['words'], self.column['characters']
        for i, word in enumerate(words):
            for n in range(max(fewest, 1), min(most, i + 1) + 1):
                yield 'w' + ' '.join(words[i + 1 - n : i + 1])
            marked = f'<{word}>'
            for k in range(len(marked)):
                for n in range(max(least, 1), min(longest, len(marked) - k) + 1):
                    yield 'c' + marked[k : k + n]

    def encode(self, value, add):
        mask = self.column['buckets'] - 1
        # each bucket once, in the order of its first n-gram
        found = dict.fromkeys(murmur3(ngram.encode()) & mask for ngram in self.ngrams(text_of(value)))
        known = [self.places[bucket] for bucket in found if self.places[bucket] >= 0]
        squares = 0.0
        for place in known:
            squares += self.squares[place]
        total = squares + (len(found) - len(known)) * self.unseen
        for place in known:
            add(self.column['offset'] + place, 1 / math.sqrt(total))
        return bool(known) or not found


# ---- images


class ImageColumn:
    """Gives the values of pixels: of a path, an image of Pillow, or bytes [height, width] or [height, width, channels]."""

    def __init__(self, column):
        self.column = column
        self.values = [((np.arange(256) / 255 - m) / s).astype(np.float32) for m, s in zip(column['mean'], column['std'])]

    def pixels(self, value, root):
        shape = (*self.column['size'], self.column['channels'])
        data = value
        if not (isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.shape in (shape, shape[: 2 if shape[2] == 1 else 3])):
            data = self.resized(value, root)
        data = data.reshape(shape)
        return np.stack([self.values[c][data[..., c]] for c in range(shape[2])], -1)

    def resized(self, value, root):
        (height, width), channels = self.column['size'], self.column['channels']
        try:
            from PIL import Image, ImageOps
        except ImportError:
            raise Refused(f'it needs Pillow, or bytes of [{height}, {width}, {channels}]; install pillow') from None
        try:
            if isinstance(value, np.ndarray):
                image = Image.fromarray(value[..., :3] if value.ndim == 3 else value)
            else:
                image = Image.open(os.path.join(root, value)) if isinstance(value, (str, os.PathLike)) else value
                image = ImageOps.exif_transpose(image)
            image = image.convert('L' if image.mode in ('1', 'L', 'LA') else 'RGB').convert('L' if channels == 1 else 'RGB')
            return np.asarray(image.resize((width, height), Image.BILINEAR))
        except (AttributeError, OSError, TypeError, ValueError, SyntaxError) as error:
            raise Refused(f'this image cannot be read ({error})') from None


# ---- the network


def stages_of(architecture, image):
    """The convolutions in order (src/kernels/trunk-layout.ts of debkd)."""
    if not image:
        return []
    conv = architecture['conv']
    kernel, blocks, inputs = conv.get('kernel', 3), conv.get('blocks', 'plain'), image['channels']
    if blocks not in ('plain', 'separable', 'residual'):
        raise StudentError(f'blocks {quote(blocks)}; {NEWER}')
    forms = []
    for i, outputs in enumerate(conv['channels']):
        if blocks == 'separable' and i > 0:
            forms += [(True, kernel, 2, False, inputs, inputs), (False, 1, 1, False, inputs, outputs)]
        else:
            forms.append((False, kernel, 2, False, inputs, outputs))
            if blocks == 'residual':
                forms.append((False, kernel, 1, True, outputs, outputs))
        inputs = outputs
    return [dict(zip(('depthwise', 'kernel', 'step', 'residual', 'inputs', 'outputs'), form)) for form in forms]


def convolve(x, stage, weight, bias):
    """x: float32 [rows, height, width, inputs]."""
    kernel, step, border = stage['kernel'], stage['step'], stage['kernel'] >> 1
    rows, height, width, _ = x.shape
    high, wide = -(-height // step), -(-width // step)
    padded = np.zeros((rows, height + 2 * border, width + 2 * border, stage['inputs']), np.float32)
    padded[:, border : border + height, border : border + width] = x
    sums = np.zeros((rows, high, wide, stage['outputs']), np.float32)
    for ky in range(kernel):
        for kx in range(kernel):
            window = padded[:, ky : ky + step * (high - 1) + 1 : step, kx : kx + step * (wide - 1) + 1 : step]
            if stage['depthwise']:
                sums += window * weight[ky, kx, 0]
            else:
                for c in range(stage['inputs']):
                    sums += window[..., c : c + 1] * weight[ky, kx, c]
    sums += bias
    if stage['residual']:
        sums += x
    return np.maximum(sums, np.float32(0))


ACTIVATIONS = {'relu': lambda v: np.where(v > 0, v, 0), 'tanh': tanh, 'gelu': gelu}


class Student:
    """A student: predict(record), predict_batch(records), probabilities(records), threshold, defer, columns."""

    def __init__(self, header, parameters):
        """header: what the file states. parameters: a function from the shapes of all weights to weights and biases."""
        self.threshold, self.defer, self.architecture = header['threshold'], header.get('defer'), header['architecture']
        self.groups = header.get('groupThresholds')  # thresholds by the values of a column
        preprocessing = header['preprocessing']
        self.clip = preprocessing.get('clip', 1e17)
        spellings = preprocessing.get('missing', MISSING)
        self.missing = {'', *(text.strip(WHITE).lower() for text in spellings)}
        self.numbers_miss = any(math.isfinite(parse_number(text)) for text in spellings)
        self.root = '.'
        stored = sorted(preprocessing['columns'], key=lambda column: column['offset'])
        self.columns = list(dict.fromkeys(column['name'] for column in stored))
        kinds = [column.get('kind', 'steps' if 'steps' in column else None) for column in stored]
        self.texts = 'text' in kinds
        self.image = stored[kinds.index('image')] if 'image' in kinds else None
        if (self.image is None) != ('conv' not in self.architecture):
            raise StudentError(f'damaged (only one of architecture and preprocessing has images); {AGAIN}')
        makers = {'numeric': self.numeric, 'categorical': self.categorical, 'text': self.text, 'image': self.picture, 'steps': self.steps}
        self.fields, self.width = [], 0
        for kind, column in zip(kinds, stored):
            if column['offset'] != self.width:
                raise StudentError(f'damaged (column {quote(column["name"])} starts at {column["offset"]}, expected {self.width}); {AGAIN}')
            if kind not in makers:
                raise StudentError(f'a column of kind {quote(kind)}; {NEWER}')
            width, encode = makers[kind](column)
            self.fields.append((column['name'], encode))
            self.width += width
        activation = self.architecture.get('activation', 'relu')
        if activation not in ACTIVATIONS:
            raise StudentError(f'activation {quote(activation)}; {NEWER}')
        self.activation, self.residual = ACTIVATIONS[activation], self.architecture.get('residual', False)
        self.stages = stages_of(self.architecture, self.image)
        self.pixels = math.prod((*self.image['size'], self.image['channels'])) if self.image else 0
        features = self.width - self.pixels + (self.stages[-1]['outputs'] if self.image else 0)
        widths = [features, *self.architecture['hidden'], 1]
        shapes = [(s['kernel'], s['kernel'], 1 if s['depthwise'] else s['inputs'], s['outputs']) for s in self.stages]
        products = parameters(shapes + list(zip(widths, widths[1:])))
        if not all(np.isfinite(weight).all() and np.isfinite(bias).all() for weight, bias in products):
            raise StudentError(f'damaged (a parameter is not a finite number); {AGAIN}')
        self.trunk, self.layers = products[: len(self.stages)], products[len(self.stages) :]

    # encoders: the number of encoded columns, and a function that adds the columns of a value, or its pixels, and returns False if the
    # student does not know the value

    def is_missing(self, text):
        return text.strip(WHITE).lower() in self.missing

    def numeric(self, column):
        offset, mean, std, clip = column['offset'], column['mean'], column['std'], self.clip
        transform = (lambda x: x) if column['transform'] == 'none' else symlog

        def encode(value, add, _):
            plain = isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and math.isfinite(value)
            number = float(value) if plain else math.nan
            if self.numbers_miss or not plain:
                text = text_of(value)
                if self.is_missing(text):
                    return
                number = math.nan if is_boolean(value) else parse_number(text)
                if not math.isfinite(number):
                    raise Refused(f'{quote(text)}, expected a finite number; give None for a missing value')
            add(offset, max(-clip, min(clip, (transform(number) - mean) / std)))

        return 1, encode

    def categorical(self, column):
        places = {text: column['offset'] + i for i, text in enumerate(column['categories'])}
        same = same_value(column['categories'])

        def encode(value, add, _):
            text = text_of(value)
            at = places.get(text)
            if at is None:
                at = places.get('' if self.is_missing(text) else same(value))
            if at is None:
                return False
            add(at, 1.0)
            return True

        return len(places), encode

    def steps(self, column):
        offset, steps = column['offset'], column['steps']
        unlisted = []
        chain = [step_function(step, i, steps, unlisted) for i, step in enumerate(steps)]
        first = next((step for step in steps if 'impute' not in step), {})
        listed = [value for value, _ in pairs_of(first)] if 'map' in first else first.get('ordinal', first.get('oneHot', {}).get('categories', []))
        same = same_value([value for value in listed if isinstance(value, str)])
        listed = set(listed)
        one_hot = steps[-1].get('oneHot') if steps else None
        width = 1
        if one_hot:
            width = sum(category != one_hot.get('drop', ABSENT) for category in one_hot['categories']) + ('other' in one_hot)

        def encode(value, add, _):
            text = text_of(value)
            if not isinstance(value, str) and text not in listed and not self.is_missing(text):
                text = same(value) or text
            x = None if self.is_missing(text) and not (text != '' and text in listed) else text
            unlisted.clear()
            for step in chain:
                x = step(x)
            if one_hot:
                if x >= 0:
                    add(offset + x, 1.0)
                return not unlisted
            number = number_in(x, 'the column')
            if number is None:
                raise Refused('it is missing, and no step imputes it')
            if not math.isfinite(number):
                raise Refused(f'{quote(text)} becomes {number}, expected a finite number')
            add(offset, max(-self.clip, min(self.clip, number)))
            return not unlisted

        return width, encode

    def text(self, column):
        encoder = TextColumn(column)
        return column['width'], lambda value, add, _: encoder.encode(value, add)

    def picture(self, column):
        encoder = ImageColumn(column)
        width = math.prod((*column['size'], column['channels']))
        return width, lambda value, _, pixels: pixels.append(encoder.pixels(value, self.root))

    def encode(self, record, subject, on_unknown=None):
        """The record's columns and their values in order, and its image. on_unknown: called with the name and the value of each field whose
        value the student does not know."""
        if not hasattr(record, 'keys'):
            raise RecordError(f'{subject}: {type(record).__name__}, expected a dict of fields by column name')
        columns, values, pixels, unknown = [], [], [], set()

        def add(column, value):
            columns.append(column)
            values.append(value)

        for name, encode in self.fields:
            if name not in record:
                raise RecordError(f'{subject}: no field {quote(name)}; give None for a missing value')
            try:
                if encode(record[name], add, pixels) is False and on_unknown and name not in unknown:
                    unknown.add(name)
                    on_unknown(name, record[name])
            except (Refused, RecordError) as error:
                raise RecordError(f'{subject}, field {quote(name)}: {error}') from None
        return columns, np.array(values, np.float32), pixels

    def unknown_fields(self, record):
        """The names of the fields whose value the student does not know: a category that it has not seen, a text without a word that it has
        seen, a missing value without a place. Such a field adds nothing, or counts as missing where a step imputes it. Raises RecordError."""
        names = []
        self.encode(record, 'record', lambda name, _: names.append(name))
        return names

    def margins(self, records, subject='record', first=1, on_unknown=None):
        """The log-odds of class 1, float32 [records]. Sums have the order of the encoded columns, and each is rounded."""
        encoded = [self.encode(record, f'{subject} {first + i}', on_unknown) for i, record in enumerate(records)]
        weight, bias = self.layers[0]
        sums = np.zeros((len(encoded), weight.shape[1]), np.float32)
        if self.texts:
            for row, (columns, values, _) in enumerate(encoded):
                for column, value in zip(columns, values):
                    sums[row] += value * weight[column]
        else:
            x = np.zeros((len(encoded), self.width), np.float32)
            for row, (columns, values, _) in enumerate(encoded):
                x[row, columns] = values
            if self.image:
                x = self.features(x, np.stack([pixels[0] for _, _, pixels in encoded]))
            for i in range(weight.shape[0]):
                sums += x[:, i : i + 1] * weight[i]
        before = None
        for l, (weight, bias) in enumerate(self.layers):
            if l > 0:
                sums = np.zeros((len(encoded), weight.shape[1]), np.float32)
                for i in range(weight.shape[0]):
                    sums += before[:, i : i + 1] * weight[i]
            sums += bias
            if l + 1 == len(self.layers):
                return sums[:, 0]
            active = self.activation(sums.astype(np.float64)).astype(np.float32)
            before = active + before if self.residual and l > 0 else active
        return None

    def features(self, x, images):
        """The means of the last stage's channels, then the other columns."""
        for stage, (weight, bias) in zip(self.stages, self.trunk):
            images = convolve(images, stage, weight, bias)
        rows, high, wide, channels = images.shape
        means = np.zeros((rows, channels), np.float32)
        for place in images.reshape(rows, high * wide, channels).swapaxes(0, 1):
            means += place
        means *= np.float32(1 / (high * wide))
        offset = self.image['offset']
        return np.concatenate([means, x[:, :offset], x[:, offset + self.pixels :]], 1)

    def probabilities(self, records, subject='record', on_unknown=None):
        """The probability of class 1 of each record, float64 [records]."""
        records = list(records)
        size = 16 if self.image else BATCH
        batches = [self.margins(records[at : at + size], subject, at + 1, on_unknown) for at in range(0, len(records), size)]
        return sigmoid(np.concatenate(batches)) if batches else np.zeros(0)

    def threshold_of(self, record, subject='record'):
        """The threshold of a record; of a student with one threshold, that one."""
        if not self.groups:
            return self.threshold
        column = self.groups['column']
        if column not in record:
            raise RecordError(f'{subject}: no field {quote(column)}, which chooses the threshold; give None for a missing value')
        text = text_of(record[column])
        number = parse_number(text)
        pairs = self.groups['thresholds']
        if not any(known == text for known, _ in pairs):
            text = same_value([known for known, _ in pairs])(record[column]) or text
        # a record has the number 1 where a table has the text 1.0
        same = [own for known, own in pairs if known == text] or [own for known, own in pairs if parse_number(known) == number]
        return same[0] if same else self.threshold

    def decide(self, probability, threshold=None):
        """The answer for a probability. threshold: that of the record, default the student's."""
        threshold = self.threshold if threshold is None else threshold
        answer = {'probability': float(probability), 'label': int(probability >= threshold)}
        if self.defer:
            answer['defer'] = bool(self.defer['from'] < probability < self.defer['to'])
        return answer

    def predict(self, record, on_unknown=None):
        """The answer for one record: probability, label, and defer for a student with a band. on_unknown: called with the name and the value
        of each field that unknown_fields names. Raises RecordError."""
        return self.predict_batch([record], on_unknown=on_unknown)[0]

    def predict_batch(self, records, subject='record', on_unknown=None):
        """The answers for a list of records. Raises RecordError."""
        records = list(records)
        probabilities = self.probabilities(records, subject, on_unknown)
        thresholds = [self.threshold_of(record, f'{subject} {i + 1}') for i, record in enumerate(records)]
        return [self.decide(probability, threshold) for probability, threshold in zip(probabilities, thresholds)]


# ---- files


def read_debkd(data):
    """student.debkd: "debkd" and a zero, version, length of the header, header, parameters, SHA-256."""
    if len(data) < 44 or data[:6] != b'debkd\0':
        raise StudentError('not a student file; give student.debkd or student.safetensors')
    version, size = struct.unpack('<HI', data[6:12])
    if version not in FORMAT_VERSIONS:
        remedy = 'take the debkd_student.py of a newer debkd' if version > FORMAT_VERSIONS[-1] else 'distil again'
        raise StudentError(f'format version {version}, expected {FORMAT_VERSIONS[0]} or {FORMAT_VERSIONS[1]}; {remedy}')
    content, digest = data[:-32], data[-32:]
    if hashlib.sha256(content).digest() != digest:
        raise StudentError(f'damaged (its checksum differs); {AGAIN}')
    body = content[12 + size :]
    if 12 + size > len(content) or len(body) % 4 != 0:
        raise StudentError(f'damaged (its lengths differ); {AGAIN}')
    numbers = np.frombuffer(body, '<f4')

    def parameters(shapes):
        wanted = sum(math.prod(shape) + shape[-1] for shape in shapes)
        if numbers.size != wanted:
            raise StudentError(f'damaged ({numbers.size} parameters), expected {wanted} for its architecture; {AGAIN}')
        products, at = [], 0
        for shape in shapes:
            end = at + math.prod(shape)
            products.append((numbers[at:end].reshape(shape), numbers[end : end + shape[-1]]))
            at = end + shape[-1]
        return products

    return json.loads(content[12 : 12 + size]), parameters


def read_safetensors(data):
    """student.safetensors of `debkd export`, in float32, float16 or int8. It has no checksum."""
    size = struct.unpack('<Q', data[:8])[0] if len(data) >= 8 else math.inf
    if size > len(data) - 8:
        raise StudentError(f'damaged (its lengths differ); {AGAIN}')
    header, body = json.loads(data[8 : 8 + size]), data[8 + size :]
    metadata = header.pop('__metadata__', {})
    if 'debkd' not in metadata:
        raise StudentError('not a student file; give student.safetensors of `debkd export`')
    if len(body) != max((entry['data_offsets'][1] for entry in header.values()), default=0):
        raise StudentError(f'damaged (its lengths differ); {AGAIN}')

    def tensor(name):
        entry = header[name]
        kind = {'F32': '<f4', 'F16': '<f2', 'I8': 'i1'}[entry['dtype']]
        return np.frombuffer(body[slice(*entry['data_offsets'])], kind).reshape(entry['shape']).astype(np.float32)

    def parameters(shapes):
        products, stages = [], sum(len(shape) == 4 for shape in shapes)
        for i, shape in enumerate(shapes):
            name = f'stages.{i}' if i < stages else f'layers.{i - stages}'
            weight, bias = tensor(f'{name}.weight'), tensor(f'{name}.bias')
            if f'{name}.weight_scale' in header:
                weight = weight * tensor(f'{name}.weight_scale').reshape(-1, *[1] * (weight.ndim - 1))
            weight = np.ascontiguousarray(weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight.T)
            if weight.shape != shape or bias.shape != shape[-1:]:
                raise StudentError(f'damaged ({name} has another shape than its architecture); {AGAIN}')
            products.append((weight, bias))
        return products

    names = ('architecture', 'preprocessing', 'threshold', 'groupThresholds', 'defer')
    return {name: json.loads(metadata[name]) for name in names if name in metadata}, parameters


def read_student(data, name='student'):
    """Opens the bytes of student.debkd or student.safetensors. Raises StudentError."""
    subject = f'student {quote(str(name))}'
    try:
        header, parameters = (read_safetensors if str(name).endswith('.safetensors') else read_debkd)(data)
        if not 0 <= header['threshold'] <= 1:
            raise StudentError(f'damaged (no threshold in its header); {AGAIN}')
        return Student(header, parameters)
    except StudentError as error:
        raise StudentError(f'{subject}: {error}') from None
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise StudentError(f'{subject}: damaged ({type(error).__name__}: {error}); {AGAIN}') from None


def open_student(path):
    """Opens student.debkd, student.safetensors, or a folder with one of them. Raises StudentError."""
    if os.path.isdir(path):
        found = [name for name in ('student.debkd', 'student.safetensors') if os.path.exists(os.path.join(path, name))]
        if not found:
            raise StudentError(f'folder {quote(str(path))}: no student.debkd and no student.safetensors; give the folder of a student')
        path = os.path.join(path, found[0])
    try:
        with open(path, 'rb') as file:
            data = file.read()
    except OSError as error:
        raise StudentError(f'student {quote(str(path))}: cannot be read ({error.strerror}); check the path') from None
    return read_student(data, path)


# ---- tables: the CSV that debkd reads, by the same rules (src/data/csv.ts), so that no row is lost or read in another way

DELIMITERS = ',;\t|'
DIALECT_CHARACTERS = 2**16
MAX_ROW = 2**23
MAX_BLANK = 1000
FIRST_CHARACTERS = 2**18  # whether a delimiter at the end of each row makes a column is decided by the rows in these
MAX_UNPACKED, MAX_RATIO = 2**26, 250  # gzip data may unpack to the first, or to its size times the second
OTHER_FORMATS = re.compile(r'\s*(\{|\[\s*($|[\[{\]])|PAR1|%PDF|<(!doctype|html|\?xml|svg)|version https://git-lfs|RIFF....WEBP)', re.IGNORECASE | re.DOTALL)
EXCEL_DELIMITER = re.compile('"?sep=([,;\t|])"?(?:\r\n|\n|\r)', re.IGNORECASE)


def unpacked(data):
    """The bytes, unpacked if they are gzip."""
    if data[:2] != b'\x1f\x8b':
        return data
    most = max(MAX_UNPACKED, MAX_RATIO * len(data))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            content = file.read(most + 1)
    except (OSError, EOFError, zlib.error):
        raise RecordError('the gzip data is damaged or cut short; copy the file again') from None
    if len(content) > most:
        raise RecordError(f'the gzip data unpacks to more than {MAX_RATIO} times its size; unpack it first if you trust it')
    return content


def text_of_table(data):
    """The text of a CSV file, without its byte order mark."""
    data = unpacked(data)
    try:
        text = data.decode('utf-8-sig')
    except UnicodeDecodeError:
        raise RecordError('the bytes are not UTF-8 text; give a CSV file in UTF-8') from None
    if '\0' in text or OTHER_FORMATS.match(text[:4096]):
        raise RecordError('no CSV; give a CSV file with a header')
    return text


def find_delimiter(text):
    """The first delimiter that every row has as often as the header; otherwise the first that the header has; otherwise a comma. And whether
    the last row was left out, because it may be cut off; it is not where there are too few rows to tell."""
    rows, row, quoted, content, i = [], collections.Counter(), False, False, 0
    head = text[:DIALECT_CHARACTERS]
    while i < len(head):
        c = head[i]
        quoted ^= c == '"'
        if not quoted and c in '\r\n':
            crlf = head[i : i + 2] == '\r\n'
            if c == '\n' or i + 1 < len(head):
                if content:
                    rows.append(row)
                row, content = collections.Counter(), False
            i += crlf
        else:
            content = True
            if not quoted and c in DELIMITERS:
                row[c] += 1
        i += 1
    cut = len(rows) > 1 or len(text) >= DIALECT_CHARACTERS
    if content:
        rows.append(row)
    rows = rows[:-1] or rows if cut else rows
    found = [c for c in DELIMITERS if rows and rows[0][c]]
    return next((c for c in found if all(row[c] == rows[0][c] for row in rows)), found[0] if found else ','), cut


def fields_of(text, delimiter):
    """The rows as lists of fields, each with the place of its end. LF, CRLF and CR end a row; a field may be quoted."""
    if '"' not in text:
        at = 0
        for line in re.findall('[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+', text):
            at += len(line)
            yield line.rstrip('\r\n').split(delimiter), at
        return
    d = re.escape(delimiter)
    field = re.compile(rf'"([^"]*(?:""[^"]*)*)"(?: {{0,64}}(?=[{d}\r\n])|\Z)|(?!")([^{d}\r\n]*)')
    row, at = [], 0
    while at < len(text) or row:
        match = field.match(text, at)
        if not match:
            shown = quote(text[at : at + 40])
            raise RecordError(f'a quoted field is malformed (it begins {shown}); close it, and double the quotes inside it')
        quoted, bare = match.groups()
        row.append(bare if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if text[at : at + 1] == delimiter:
            at += 1
            continue
        at = min(len(text), at + (2 if text.startswith('\r\n', at) else 1))
        yield row, at
        row = []


def rows_of_text(text, delimiter):
    """The rows, without blank lines; in a table of one column, a blank line before another row is a missing value."""
    width, blank, start = None, 0, 0
    for row, end in fields_of(text, delimiter):
        if end - start > MAX_ROW:
            raise RecordError(f'a row of more than {MAX_ROW >> 20} MiB; look for a quote that is never closed')
        start = end
        if row == [''] or (width is None and len(row) == 1 and not row[0].strip(WHITE)):
            blank += 1
            if width is None and blank > MAX_BLANK:
                raise RecordError(f'more than {MAX_BLANK} blank lines at the start, expected a header and rows; check that this is the right file')
            continue
        if width == 1:
            yield from [([''], end)] * blank
        width, blank = width or len(row), 0
        yield row, end


def parse_table(text, delimiter=None):
    """The header and the rows of a CSV text."""
    line = EXCEL_DELIMITER.match(text)  # tells Excel the delimiter
    if line:
        delimiter, text = delimiter or line[1], text[line.end() :]
    likely, cut = find_delimiter(text)
    delimiter = delimiter or likely
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise RecordError(f'delimiter {quote(delimiter)}, expected one character that is no quote and no line end; correct --delimiter')
    found = list(rows_of_text(text, delimiter))
    rows = [row for row, _ in found]
    header, rows = (rows or [['']])[0], rows[1:]
    ends = text.endswith('\n') or (text.endswith('\r') and '\n' not in text)
    known = len(text) if ends or not cut else len(text) - 1  # debkd decides before it knows that a last line without an end is complete
    first = [row for row, end in found[1:] if end <= min(known, FIRST_CHARACTERS)]
    # a delimiter at the end of every row, with or without one in the header, adds an empty column: it is left out
    named = not (len(header) > 1 and header[-1] == '' and all(row[-1] == '' for row in first))
    extra = bool(first) and all(len(row) == len(header) + 1 and row[-1] == '' for row in first)
    if header[0].startswith('#') and any(len(row) != len(header) for row in first):
        raise RecordError(f'the first line is a comment ({quote(header[0])}), expected a header; remove the lines that begin with #')
    header = header if named else header[:-1]
    if header == ['']:
        raise RecordError('the file is empty, expected a header and rows; check the path')
    numbers = [parse_number(name) for name in header]
    if all(map(math.isfinite, numbers)) and not all(x >= 0 and x == math.floor(x) for x in numbers):
        raise RecordError('the first line looks like data, expected a header with the names of the columns; add a header')
    if header.count('') > 1:
        raise RecordError('columns have no name in the header; name them')
    twice = next((name for i, name in enumerate(header) if name in header[:i]), None)
    if twice is not None:
        raise RecordError(f'column {quote(twice)} appears twice in the header; rename one')
    for i, row in enumerate(rows):
        if (extra or not named) and len(row) == len(header) + 1 and row.pop() != '':
            raise RecordError(f'row {i + 1}: a value in the last column, which has no name and is empty in the rows before; name the column')
        if len(row) != len(header):
            raise RecordError(f'row {i + 1}: {len(row)} fields, expected {len(header)} as in the header; look for an unquoted delimiter or a cut line')
    return header, rows


def read_rows(path, delimiter=None, columns=()):
    """The rows of a CSV file with a header, as dicts of texts. columns: those that it must have. Raises RecordError."""
    subject = f'data {quote(str(path))}'
    try:
        with open(path, 'rb') as file:
            data = file.read()
    except OSError as error:
        raise RecordError(f'{subject}: cannot be read ({error.strerror}); check the path') from None
    try:
        header, rows = parse_table(text_of_table(data), delimiter)
    except RecordError as error:
        raise RecordError(f'{subject}: {error}') from None
    for name in columns:
        if name not in header:
            raise RecordError(f'{subject}: no column {quote(name)}, which the student needs; give a table with it')
    return [dict(zip(header, row)) for row in rows]


def unknown_counter(student):
    """A function that counts unknown values, and one that describes them; an empty text if there are none. Missing values are none."""
    counts = {}

    def add(name, value):
        text = text_of(value)
        if not student.is_missing(text):
            count, example = counts.get(name, (0, text))
            counts[name] = (count + 1, example)

    def describe(rows):
        shown = [f'{quote(name)} in {count} of {rows} rows, such as {quote(example)}' for name, (count, example) in counts.items()]
        more = f'; and {len(shown) - 5} more columns' if len(shown) > 5 else ''
        level = 'warning' if any(count > 0.5 * rows for count, _ in counts.values()) else 'note'
        return f'{level}: values that the student does not know add nothing: {"; ".join(shown[:5])}{more}' if shown else ''

    return add, describe


def main():
    parser = argparse.ArgumentParser(prog='debkd_student.py', description='Answers for the rows of a table, by a student of debkd, as CSV.')
    parser.add_argument('student', help='student.debkd, student.safetensors, or a folder with one of them')
    parser.add_argument('rows', help='a CSV file with a header')
    parser.add_argument('--delimiter', help='between fields; default: found in the header')
    parser.add_argument('--image-root', help="folder of relative paths of images; default: the table's folder")
    options = parser.parse_args()
    try:
        student = open_student(options.student)
        student.root = options.image_root or os.path.dirname(options.rows)
        columns = student.columns + ([student.groups['column']] if student.groups else [])
        records = read_rows(options.rows, options.delimiter, columns)
        add, describe = unknown_counter(student)
        answers = student.predict_batch(records, f'data {quote(options.rows)}, row', add)
    except (StudentError, RecordError) as error:
        print(f'debkd_student: {error}', file=sys.stderr)
        return 2
    names = ['label'] + (['defer'] if student.defer else [])
    print(','.join(['probability', *names]))
    for answer in answers:
        print(','.join([text_of(answer['probability']), *(str(int(answer[name])) for name in names)]))
    unknown = describe(len(records))
    if unknown:
        print(f'debkd_student: {unknown}', file=sys.stderr)
    return 0


if __name__ == '__main__':
    sys.exit(main())
