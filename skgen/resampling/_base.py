"""What samplers have in common: checks of X, and calls of a generator."""

from scipy import sparse
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import get_tags
from sklearn.utils.validation import validate_data

from skgen._components import DefaultComponentsMixin
from skgen.table import TableCodec, n_rows


class GenerativeSamplerMixin(DefaultComponentsMixin, CallbackSupportMixin):
    """A sampler of imbalanced-learn with the component `generator`."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        generator_takes_tables = takes_tables(self._component("generator"))
        tags.input_tags.sparse = False
        tags.input_tags.allow_nan = generator_takes_tables
        tags.input_tags.categorical = generator_takes_tables
        tags.input_tags.string = generator_takes_tables
        return tags

    def _check_X(self, X):
        validate_data(self, X, skip_check_array=True)
        if takes_tables(self._component("generator")):
            self._make_codec().fit(X)
        if n_rows(X) == 0:
            raise ValueError(
                f"Found array with 0 sample(s) (shape=(0, {self.n_features_in_})) "
                f"while a minimum of 1 is required by {type(self).__name__}."
            )

    def _make_codec(self):
        generator = self._component("generator")
        listed = getattr(generator, "categorical_features", "from_dtype")
        return TableCodec(categorical_features=listed)

    def _fit_generator(self, context, task_name, generator, X):
        task = context.subcontext(task_name=task_name)
        with task.propagate_callback_context(generator):
            task.call_on_fit_task_begin(estimator=self, X=X)
            generator.fit(X)
            # a callback can stop the steps of a fit, but not leave one out
            task.call_on_fit_task_end(estimator=self, X=X)
        return generator


def refuse_sparse(X):
    """Raise an error if X is sparse."""
    if sparse.issparse(X):
        raise TypeError(
            "Sparse data was passed, but dense data is required. Use '.toarray()' "
            "to convert to a dense numpy array."
        )


def takes_tables(generator):
    """Whether a generator says that it takes tables with categories."""
    tagged = hasattr(generator, "__sklearn_tags__")
    return tagged and get_tags(generator).input_tags.categorical
