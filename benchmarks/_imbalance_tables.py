"""Tables at full size, and small ones, of which few rows are rare."""

#: at full size, up to `MAX_ROWS` rows
LARGE = (
    "hmeq",
    "credit_data",
    "shoppers",
    "churn_modelling",
    "telco_churn",
    "bank_churners",
    "default_credit",
    "adult",
)
SMALL = (
    "keel_abalone9_18",
    "keel_cleveland_0_vs_4",
    "keel_ecoli4",
    "keel_ecoli_0_1_3_7_vs_2_6",
    "keel_glass2",
    "keel_glass5",
    "keel_haberman",
    "keel_yeast4",
    "keel_yeast5",
    "keel_yeast6",
    "keel_yeast_1_2_8_9_vs_7",
    "keel_winequality_red_8_vs_6",
)
TABLES = (*LARGE, *SMALL)
