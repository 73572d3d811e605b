"""Read a collection in QGIS, headless; run by the system's Python, not by ours.

Takes JSON: ``address`` (of /ogc/), ``layer``, ``folder`` for QGIS's own files, and,
where wanted, ``page``, ``token`` and ``box``. Prints JSON: the features' properties,
and what QGIS says of the layer.
"""

import json
import sys

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsAuthMethodConfig,
    QgsDataSourceUri,
    QgsFeatureRequest,
    QgsRectangle,
    QgsVectorLayer,
)


def has_header_method():
    """Whether this QGIS can send a header of ours; Debian 12's 3.22 cannot."""
    return "APIHeader" in QgsApplication.authManager().authMethodsKeys()


def key(token):
    """Keep a token in an authentication configuration; return that one's id."""
    manager = QgsApplication.authManager()
    manager.setMasterPassword("made up for tests", True)
    kind = "APIHeader" if has_header_method() else "Basic"
    config = QgsAuthMethodConfig(kind)
    config.setName("nmis")
    header = {"Authorization": f"Bearer {token}"}
    password = {"username": "anybody", "password": token}
    config.setConfigMap(header if kind == "APIHeader" else password)
    if not manager.storeAuthenticationConfig(config):
        sys.exit("the authentication configuration was not stored")
    return config.id()


def opened(asked):
    """Return the layer as a user adds it."""
    uri = QgsDataSourceUri()
    uri.setParam("url", asked["address"])
    uri.setParam("typename", asked["layer"])
    if asked.get("page"):
        # It was a choice of two before 3.36.
        new = Qgis.QGIS_VERSION_INT >= 33_600
        uri.setParam("pagingEnabled", "enabled" if new else "true")
        uri.setParam("pageSize", str(asked["page"]))
    token = asked.get("token")
    if token:
        uri.setAuthConfigId(key(token))
    return QgsVectorLayer(uri.uri(False), asked["layer"], "OAPIF")


def plain(value):
    """Return a value that JSON knows; QGIS's NULL is none."""
    return value if isinstance(value, (int, float, str)) else None


def main(asked):
    """Read every feature, or those in a box."""
    layer = opened(asked)
    if not layer.isValid():
        return {"error": layer.error().message() or "not valid"}
    request = QgsFeatureRequest()
    if asked.get("box"):
        request.setFilterRect(QgsRectangle(*asked["box"]))
    names = [field.name() for field in layer.fields()]
    rows = [
        dict(zip(names, map(plain, each.attributes()), strict=True))
        | {"has_shape": each.hasGeometry() and not each.geometry().isEmpty()}
        for each in layer.getFeatures(request)
    ]
    return {
        "rows": rows,
        "crs": layer.crs().authid(),
        "kind": layer.geometryType(),
        "fields": {field.name(): field.typeName() for field in layer.fields()},
    }


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    app = QgsApplication([], False, told["folder"])
    app.initQgis()
    sys.stdout.write(json.dumps(main(told)) + "\n")
    app.exitQgis()
