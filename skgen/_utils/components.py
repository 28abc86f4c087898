"""Parameters that hold other estimators."""

from sklearn.utils._param_validation import HasMethods

from skgen._utils.estimators import refuse_class


class CheckedComponentsMixin:
    """Checks the components of an estimator, as deep as they are of skgen, in time.

    A fit may ask a component for what it needs long before it fits it, which would
    be the first to look at its parameters.
    """

    def _validate_params(self):
        params = self.get_params(deep=False)
        for name, value in params.items():
            allowed = self._parameter_constraints.get(name, ())
            if any(isinstance(constraint, HasMethods) for constraint in allowed):
                refuse_class(name, value)
        super()._validate_params()
        for value in params.values():
            if isinstance(value, CheckedComponentsMixin):
                value._validate_params()


class DefaultComponentsMixin(CheckedComponentsMixin):
    """Lets the parameters of a component be set while the component is left at None.

    A class names its components in ``_default_components()``, a mapping from parameter
    names to factories. Where such a parameter is None, the factory's product stands in
    for it: its parameters are listed by ``get_params`` and, once one of them is set,
    it becomes the parameter's value. So a grid search reaches them by name.
    """

    def _component(self, name):
        value = getattr(self, name)
        refuse_class(name, value)
        return self._default_components()[name]() if value is None else value

    def get_params(self, deep=True):
        """Get the parameters of this estimator.

        Parameters
        ----------
        deep : bool, default=True
            If True, also those of its components.

        Returns
        -------
        params : dict
            Parameter names mapped to their values.
        """
        params = super().get_params(deep=deep)
        if deep:
            for name in self._default_components():
                if params[name] is None:
                    nested = self._component(name).get_params(deep=True)
                    params.update({f"{name}__{k}": v for k, v in nested.items()})
        return params

    def set_params(self, **params):
        """Set the parameters of this estimator.

        Parameters
        ----------
        **params : dict
            Estimator parameters; ``component__parameter`` reaches into a component.

        Returns
        -------
        self : object
            The estimator.
        """
        for name in self._default_components():
            nested = any(key.startswith(f"{name}__") for key in params)
            if nested and params.get(name, getattr(self, name)) is None:
                params = {**params, name: self._component(name)}
        return super().set_params(**params)
