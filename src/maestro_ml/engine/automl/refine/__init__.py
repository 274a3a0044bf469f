"""What a search tries after its portfolio: Optuna and FLAML vary the families that promise most."""

from maestro_ml.engine.automl.refine.methods import METHODS
from maestro_ml.engine.automl.refine.refinement import FamilyRefinement

__all__ = ["METHODS", "FamilyRefinement"]
