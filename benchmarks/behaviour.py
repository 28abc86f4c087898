"""Hash what skgen returns, to compare two versions of the code bit for bit.

Protocol. Seeded calls of all public classes, on tables that come with scikit-learn or
skgen, with mixed types and missing cells. All that a call returns is hashed. Two
checkouts behave alike if they print the same hashes on the same machine: save those of
one with ``--save FILE``, and compare the other with ``--against FILE``.
"""

import hashlib
import json
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import cross_val_score

import skgen
from skgen import metrics
from skgen.datasets import make_customers

CALLS = {}


def call(function):
    """Register a function, whose result is hashed, by its name."""
    CALLS[function.__name__] = function
    return function


def messy_table(n_samples=240):
    """Return customers with dates, booleans, missing cells and a constant column."""
    X, y = make_customers(n_samples, weights=[0.8, 0.2], random_state=0)
    rng = np.random.default_rng(0)
    X = X.assign(
        since=pd.Timestamp("2020-01-01")
        + pd.to_timedelta(rng.integers(900, size=n_samples), "D"),
        member=rng.random(n_samples) < 0.3,
        constant=7,
        score=np.where(
            rng.random(n_samples) < 0.4, 0.0, rng.exponential(size=n_samples)
        ),
    )
    for name in ("score", "since", X.columns[0], X.columns[1]):
        X[name] = X[name].mask(rng.random(n_samples) < 0.15)
    return X, np.asarray(y)


def update(digest, value):
    """Update a hash by a result of any type, nested ones included."""
    if isinstance(value, dict):
        for key in value:
            update(digest, str(key))
            update(digest, value[key])
    elif isinstance(value, pd.DataFrame):
        update(digest, [str(dtype) for dtype in value.dtypes])
        update(digest, value.columns.astype(str).tolist())
        digest.update(pd.util.hash_pandas_object(value).to_numpy().tobytes())
    elif isinstance(value, pd.Series):
        update(digest, value.to_frame())
    elif isinstance(value, (list, tuple)):
        for item in value:
            update(digest, item)
    elif isinstance(value, np.ndarray) and value.dtype != object:
        digest.update(str((value.dtype, value.shape)).encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, np.ndarray):
        update(digest, value.tolist())
    else:
        digest.update(repr(value).encode())


def fingerprint(function):
    """Return the hash of the result of a function, without warnings."""
    digest = hashlib.sha256()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        update(digest, function())
    return digest.hexdigest()[:16]


def draws(generator, *, given=True):
    """Return what a generator samples, imputes and scores on the messy table."""
    X, _ = messy_table()
    generator.fit(X)
    parts = [generator.sample(50), generator.sample(20, random_state=1)]
    if given:
        plan = X["plan"].dropna().iloc[0]
        parts += [
            generator.sample(10, given={"plan": plan}, random_state=2),
            generator.sample(10, given={"score": (0.1, 2.0)}, random_state=3),
            generator.impute(X.head(60), random_state=4),
            generator.impute(X.head(5), n_draws=2, random_state=5),
        ]
    if hasattr(generator, "score_samples"):
        parts.append(generator.score_samples(X.head(60)))
    return parts


@call
def independent():
    return draws(skgen.IndependentGenerator(random_state=0))


@call
def autoregressive_trees():
    return draws(skgen.AutoregressiveGenerator(random_state=0))


@call
def autoregressive_boosted():
    conditional = skgen.BoostedConditional(max_iter=20)
    return draws(skgen.AutoregressiveGenerator(conditional, random_state=0))


@call
def autoregressive_auto_boosts():
    X, _ = messy_table(1200)
    generator = skgen.AutoregressiveGenerator(random_state=0).fit(X.iloc[:, :6])
    return generator.sample(2000), generator.score_samples(X.iloc[:50, :6])


@call
def autoregressive_estimator():
    conditional = skgen.EstimatorConditional(Ridge())
    return draws(skgen.AutoregressiveGenerator(conditional, random_state=0))


@call
def autoregressive_forest():
    conditional = skgen.EstimatorConditional(RandomForestRegressor(10))
    X, _ = load_iris(return_X_y=True)
    generator = skgen.AutoregressiveGenerator(conditional, random_state=0).fit(X)
    return generator.sample(20), generator.score_samples(X)


@call
def autoregressive_given_first():
    X, _ = messy_table()
    generator = skgen.AutoregressiveGenerator(
        given=["plan", "member"], order=list(X.columns[::-1]), random_state=0
    ).fit(X)
    rows, ess = generator.sample(
        30,
        given={
            "plan": set(X["plan"].dropna().unique()[:2]),
            "since": ("2021-01-01", None),
        },
        return_ess=True,
    )
    return rows, ess, generator.order_


@call
def autoregressive_weights():
    X, y = load_wine(return_X_y=True)
    generator = skgen.AutoregressiveGenerator(max_predictors=4, random_state=0)
    generator.fit(X, sample_weight=1.0 + y)
    return list(generator.sample_batches(25, 10)), generator.score_samples(X)


@call
def autoregressive_late_evidence():
    X, _ = load_iris(return_X_y=True)
    generator = skgen.AutoregressiveGenerator(random_state=0).fit(X)
    holes = np.where(np.random.default_rng(0).random(X.shape) < 0.3, np.nan, X)
    rows = generator.sample(40, given={3: (0.2, 1.4), 2: 4.5}, return_ess=True)
    return rows, generator.score_samples(holes), generator.impute(holes)


@call
def mixture_auto():
    return draws(skgen.GaussianMixtureGenerator(random_state=0))


@call
def mixture_bic():
    return draws(skgen.GaussianMixtureGenerator("bic", random_state=0))


@call
def mixture_diagonal():
    generator = skgen.GaussianMixtureGenerator(
        3, covariance_type="diag", marginals="linear", random_state=0
    )
    return draws(generator)


@call
def mixture_tied():
    X, _ = load_iris(return_X_y=True)
    generator = skgen.GaussianMixtureGenerator(
        3, covariance_type="tied", random_state=0
    )
    generator.fit(X)
    return generator.sample(30), generator.means_, generator.covariances_


@call
def latent_factor():
    return draws(skgen.LatentFactorGenerator(3, random_state=0))


@call
def latent_factor_auto():
    X, _ = load_wine(return_X_y=True)
    generator = skgen.LatentFactorGenerator(random_state=0).fit(X)
    return generator.sample(30), generator.transform(X), generator.score_samples(X)


@call
def flow_matching():
    X, _ = messy_table(120)
    generator = skgen.FlowMatchingGenerator(Ridge(), n_steps=10, random_state=0).fit(X)
    return generator.sample(30)


@call
def flow_matching_network():
    X, _ = load_iris(return_X_y=True)
    return skgen.FlowMatchingGenerator(n_steps=10, random_state=0).fit(X).sample(20)


@call
def chained():
    X, _ = messy_table(120)
    return skgen.ChainedGenerator(random_state=0).fit(X).impute(
        X
    ), skgen.ChainedGenerator(skgen.EstimatorConditional(), random_state=1).fit(
        X.iloc[:, :5]
    ).sample(20)


@call
def refined():
    generator = skgen.RefinedGenerator(
        skgen.GaussianMixtureGenerator(2),
        discriminator=LogisticRegression(),
        random_state=0,
    )
    X, _ = load_iris(return_X_y=True)
    generator.fit(X)
    return (
        generator.sample(30),
        generator.score_samples(X),
        generator.sample(5, given={0: (5.0, 6.0)}),
    )


@call
def generator_of_polars():
    import polars as pl

    X = pl.from_pandas(messy_table(120)[0])
    rows = skgen.AutoregressiveGenerator(random_state=0).fit(X).sample(20)
    return [str(dtype) for dtype in rows.dtypes], rows.to_pandas()


@call
def table_codec():
    X, _ = messy_table()
    codec = skgen.TableCodec().fit(X)
    Z = codec.encode(X)
    return Z, codec.decode(Z), codec.replace(X, Z[:, ::1], np.isnan(Z) & False)


@call
def imputer_draw():
    X, _ = messy_table()
    return skgen.GenerativeImputer(random_state=0).fit_transform(X)


@call
def imputer_mean():
    X, _ = messy_table(120)
    imputer = skgen.GenerativeImputer(
        strategy="mean", n_draws=5, add_indicator=True, random_state=0
    )
    return imputer.fit(X).transform(X.head(40))


@call
def imputer_pooled():
    X, _ = load_diabetes(return_X_y=True)
    X = np.where(np.random.default_rng(0).random(X.shape) < 0.1, np.nan, X)[:150]
    imputer = skgen.GenerativeImputer(
        skgen.GaussianMixtureGenerator(2), n_draws=3, random_state=0
    ).fit(X)
    return imputer.transform(X), list(imputer.multiple(X, 3))


@call
def masker_all():
    X, y = messy_table()
    return skgen.GenerativeMasker(["score", "plan"], random_state=0).fit_transform(X, y)


@call
def masker_none():
    X, y = messy_table()
    masker = skgen.GenerativeMasker(
        ["score", "member"], condition_on="none", min_count=1, random_state=0
    )
    return masker.fit_transform(X, y)


@call
def masker_always():
    X, y = messy_table()
    masker = skgen.GenerativeMasker(
        ["score"], fraction=0.5, condition_on=["plan"], when="always", random_state=0
    ).fit(X, y)
    return masker.transform(X), masker.fit_transform(X, y), masker.masked_cells_


@call
def over_sampler():
    X, y = messy_table()
    return skgen.GenerativeOverSampler(random_state=0).fit_resample(X, y)


@call
def over_sampler_of_numbers():
    X, y = load_wine(return_X_y=True)
    return skgen.GenerativeOverSampler(random_state=0).fit_resample(X[:150], y[:150])


@call
def over_sampler_plain():
    X, y = messy_table()
    sampler = skgen.GenerativeOverSampler(
        skgen.GaussianMixtureGenerator(2),
        sampling_strategy=0.6,
        gaussian_share=0.0,
        accept=None,
        pooling="partial",
        random_state=0,
    )
    return sampler.fit_resample(X, y)


@call
def over_sampler_regression():
    X, y = load_diabetes(return_X_y=True)
    sampler = skgen.GenerativeOverSampler(random_state=0)
    return sampler.fit_resample(X, (y > 200).astype(int)), skgen.GenerativeOverSampler(
        sampling_strategy=[0, 100, 200, 400], random_state=0
    ).fit_resample(X, y)


@call
def over_sampler_multilabel():
    X, y = load_wine(return_X_y=True)
    Y = np.column_stack([y == 2, X[:, 0] > 13.5]).astype(int)
    return skgen.GenerativeOverSampler(random_state=0).fit_resample(X, Y)


@call
def augmenter():
    X, y = messy_table()
    return skgen.GenerativeAugmenter(ratio=0.5, random_state=0).fit_resample(X, y)


@call
def augmenter_regression():
    X, y = load_diabetes(return_X_y=True)
    return skgen.GenerativeAugmenter(ratio=0.5, random_state=0).fit_resample(X, y)


@call
def replacer():
    X, y = messy_table()
    return skgen.GenerativeReplacer(random_state=0).fit_resample(X, y)


@call
def classifier_joint():
    X, y = load_iris(return_X_y=True)
    model = skgen.GenerativeClassifier(random_state=0).fit(X, y)
    return model.predict_proba(X)


@call
def classifier_separate():
    X, y = messy_table()
    model = skgen.GenerativeClassifier(
        skgen.GaussianMixtureGenerator(2), strategy="separate", random_state=0
    ).fit(X, y)
    return model.predict_proba(X), model.predict(X)


@call
def regressor():
    X, y = load_diabetes(return_X_y=True)
    model = skgen.GenerativeRegressor(n_draws=10, random_state=0).fit(X[:200], y[:200])
    return model.predict(X[:50]), model.predict_quantiles(X[:20], [0.1, 0.9])


@call
def resampled_classifier():
    X, y = load_wine(return_X_y=True)
    model = skgen.ResampledClassifier(LogisticRegression(max_iter=2000), random_state=0)
    return model.fit(X, y == 2).predict_proba(X)


@call
def resampled_regressor():
    X, y = load_diabetes(return_X_y=True)
    model = skgen.ResampledRegressor(Ridge(), random_state=0)
    return model.fit(X[:200], y[:200]).predict(X)


@call
def cross_validated_likelihood():
    X, _ = load_iris(return_X_y=True)
    return cross_val_score(skgen.AutoregressiveGenerator(random_state=0), X, cv=3)


def compared_tables():
    """Return real, synthetic and held-out customers."""
    X, y = messy_table(450)
    X = X.assign(y=y).drop(columns="constant")
    real, holdout = X.iloc[:300], X.iloc[300:]
    generator = skgen.GaussianMixtureGenerator(3, random_state=0).fit(real)
    return real, generator.sample(300), holdout


@call
def metrics_of_fidelity():
    real, synthetic, holdout = compared_tables()
    seeded = {"random_state": 0}
    return [
        metrics.marginal_error(real, synthetic, **seeded),
        metrics.pairwise_error(real, synthetic, **seeded),
        metrics.wasserstein_error(real, synthetic, **seeded),
        metrics.coverage(real, synthetic, **seeded),
        metrics.precision_recall(real, synthetic, **seeded),
        metrics.detection_auc(real, synthetic, **seeded),
        metrics.log_likelihood(
            skgen.GaussianMixtureGenerator(2, random_state=0).fit(real), holdout
        ),
    ]


@call
def metrics_of_privacy():
    real, synthetic, holdout = compared_tables()
    options = {"holdout": holdout, "random_state": 0}
    return [
        metrics.copy_rate(real, synthetic, holdout=holdout),
        metrics.nearest_record_share(real, synthetic, **options),
        metrics.nearest_record_ratio(real, synthetic, **options),
        metrics.membership_inference(real, synthetic, **options),
        metrics.attribute_inference(real, synthetic, n_attacks=50, **options),
        metrics.singling_out(real, synthetic, n_attacks=50, **options),
        metrics.linkability(real, synthetic, n_attacks=50, **options),
    ]


@call
def metrics_of_utility():
    real, synthetic, holdout = compared_tables()
    options = {"target": "y", "holdout": holdout, "random_state": 0}
    return [
        metrics.train_synthetic_test_real(real, synthetic, **options),
        metrics.augmentation_gain(real, synthetic, **options),
    ]


@call
def scorers():
    X, _ = load_iris(return_X_y=True)
    generator = skgen.GaussianMixtureGenerator(2, random_state=0)
    names = (
        metrics.detection_scorer,
        metrics.fidelity_scorer,
        metrics.privacy_scorer,
        metrics.make_generation_scorer(metrics.coverage),
    )
    return [cross_val_score(generator, X, cv=3, scoring=name) for name in names]


@call
def comparison():
    real, synthetic, holdout = compared_tables()
    report = skgen.compare(real, synthetic, holdout=holdout, target="y", random_state=0)
    return report.to_frame()


@call
def displays():
    real, synthetic, _ = compared_tables()
    pairs = skgen.PairwiseDisplay.from_tables(real, synthetic).pairs
    embedding = skgen.EmbeddingDisplay.from_tables(real, synthetic, random_state=0)
    detection = skgen.DetectionDisplay.from_tables(real, synthetic, random_state=0)
    return pairs, embedding.real, embedding.synthetic, detection.roc_auc


@call
def command_line():
    from skgen.__main__ import main

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.csv"), Path(folder, "out.csv")
        messy_table(120)[0].to_csv(source, index=False)
        main(
            [
                "sample",
                str(source),
                "-o",
                str(target),
                "-n",
                "30",
                "--random-state",
                "0",
            ]
        )
        return target.read_text()


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--only", help="calls whose name holds this text")
    parser.add_argument("--save", type=Path, help="write the hashes to this JSON file")
    parser.add_argument("--against", type=Path, help="compare with a saved file")


def main(arguments):
    """Print the hashes; exit with 1 where they differ from a saved file."""
    names = [name for name in CALLS if (arguments.only or "") in name]
    hashes = {name: fingerprint(CALLS[name]) for name in names}
    saved = json.loads(arguments.against.read_text()) if arguments.against else {}
    differing = []
    for name, found in hashes.items():
        same = saved.get(name, found) == found
        differing += [] if same else [name]
        print(f"{found}  {name}{'' if same else '  DIFFERS'}")
    if arguments.save:
        arguments.save.write_text(json.dumps(hashes, indent=1))
    if saved:
        print(f"{len(hashes) - len(differing)} of {len(hashes)} equal")
    if differing:
        sys.exit(1)
