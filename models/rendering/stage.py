"""Blender's scene, opened once; each plate brings its mesh, belt, lamps and camera, and takes them away."""

from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector

from models.rendering.eye import SIDE_PX, Eye
from models.rendering.light import Lamp, Light
from models.rendering.materials import make_belt_material, make_materials
from models.rendering.mesh import Mesh
from models.rendering.plate import Plate

SAMPLES = 6
SENSOR_MM = 36.0
_BELT_REACH = 12
"""The belt is that many textures wide, mirrored."""


class Stage:
    """Renders plates with Cycles on one core."""

    def __init__(self, samples: int = SAMPLES) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self._scene = bpy.context.scene
        _settings(self._scene, samples)
        self._materials = make_materials()
        self._belt = make_belt_material()
        self._camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
        self._camera.data.sensor_width = SENSOR_MM
        self._camera.data.clip_start, self._camera.data.clip_end = 20.0, 5000.0
        self._scene.collection.objects.link(self._camera)
        self._scene.camera = self._camera
        self._scene.world = bpy.data.worlds.new("around")
        self._scene.world.use_nodes = True

    def render(self, plate: Plate, file: Path) -> None:
        """Write the picture of `plate` as a PNG."""
        brought = [self._put_mesh(plate.mesh), self._put_belt(plate)]
        brought += [self._put_lamp(lamp, plate.light) for lamp in plate.light.lamps]
        background = self._scene.world.node_tree.nodes["Background"]
        background.inputs["Color"].default_value = (*plate.light.colour, 1.0)
        background.inputs["Strength"].default_value = plate.light.white * plate.light.ambient
        _aim(self._camera, plate.eye)
        self._scene.cycles.seed = plate.recipe.index
        self._scene.render.filepath = str(file)
        bpy.ops.render.render(write_still=True)
        for thing in brought:
            data = thing.data
            bpy.data.objects.remove(thing)
            (bpy.data.meshes if isinstance(data, bpy.types.Mesh) else bpy.data.lights).remove(data)
        picture = self._belt.node_tree.nodes["picture"]
        image, picture.image = picture.image, None
        bpy.data.images.remove(image)

    def _put_mesh(self, mesh: Mesh) -> bpy.types.Object:
        data = bpy.data.meshes.new("things")
        _fill(data, mesh.points, mesh.triangles)
        for name, values in (("colour", mesh.colour), ("finish", mesh.finish)):
            attribute = data.attributes.new(name, "FLOAT_COLOR", "POINT")
            opaque = np.concatenate([values, np.ones((len(values), 1))], axis=1)
            attribute.data.foreach_set("color", opaque.astype(np.float32).ravel())
        for number in sorted(self._materials):
            data.materials.append(self._materials[number])
        data.polygons.foreach_set("material_index", mesh.material.astype(np.int32))
        data.update()
        return self._put(data)

    def _put_belt(self, plate: Plate) -> bpy.types.Object:
        texture = plate.belt.texture
        side = len(texture)
        image = bpy.data.images.new("belt", side, side, alpha=True, float_buffer=True)
        image.colorspace_settings.name = "Non-Color"
        image.alpha_mode = "CHANNEL_PACKED"
        image.pixels.foreach_set(texture.astype(np.float32).ravel())
        nodes = self._belt.node_tree.nodes
        nodes["picture"].image = image
        nodes["body"].inputs["Roughness"].default_value = plate.belt.roughness
        nodes["bump"].mute = plate.belt.bump == 0
        nodes["bump"].inputs["Strength"].default_value = plate.belt.bump
        nodes["bump"].inputs["Distance"].default_value = 0.4
        data = bpy.data.meshes.new("belt")
        half = _BELT_REACH * plate.belt_mm / 2
        corners = np.array([[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]])
        _fill(data, corners, np.array([[0, 1, 2], [0, 2, 3]]))
        layer = data.uv_layers.new(name="uv")
        at = (corners[:, :2] / plate.belt_mm + 0.5)[[0, 1, 2, 0, 2, 3]]
        layer.uv.foreach_set("vector", at.astype(np.float32).ravel())
        data.materials.append(self._belt)
        data.update()
        return self._put(data)

    def _put_lamp(self, lamp: Lamp, light: Light) -> bpy.types.Object:
        data = bpy.data.lights.new("lamp", "AREA")
        data.shape = "ELLIPSE" if lamp.disc else "RECTANGLE"
        data.size, data.size_y = lamp.size_mm
        away = float(np.linalg.norm(lamp.place))
        upright = lamp.place[2] / away
        # A white card at the origin then has the wanted radiance: power · cos / (π² · distance²).
        card = light.white * (1 - light.ambient) * lamp.share
        data.energy = card * np.pi**2 * away**2 / upright
        data.color = tuple(light.colour)
        thing = self._put(data)
        thing.matrix_world = (
            Matrix.Translation(Vector(lamp.place)) @ Vector(lamp.place).to_track_quat("Z", "Y").to_matrix().to_4x4()
        )
        thing.visible_camera = False
        return thing

    def _put(self, data: bpy.types.ID) -> bpy.types.Object:
        thing = bpy.data.objects.new(data.name, data)
        self._scene.collection.objects.link(thing)
        return thing


def _fill(data: bpy.types.Mesh, points: np.ndarray, triangles: np.ndarray) -> None:
    data.vertices.add(len(points))
    data.vertices.foreach_set("co", points.astype(np.float32).ravel())
    data.loops.add(3 * len(triangles))
    data.loops.foreach_set("vertex_index", triangles.astype(np.int32).ravel())
    data.polygons.add(len(triangles))
    data.polygons.foreach_set("loop_start", np.arange(0, 3 * len(triangles), 3, dtype=np.int32))


def _aim(camera: bpy.types.Object, eye: Eye) -> None:
    camera.data.lens = eye.focal_px * SENSOR_MM / SIDE_PX
    columns = np.stack([eye.axes[0], -eye.axes[1], -eye.axes[2], eye.place], axis=1)
    camera.matrix_world = Matrix([*columns.tolist(), [0, 0, 0, 1]])


def _settings(scene: bpy.types.Scene, samples: int) -> None:
    """One core, few samples, denoised; colours as sRGB has them."""
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.samples = samples
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = True
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_prefilter, cycles.denoising_quality = "NONE", "FAST"  # the others take longer than the rendering
    cycles.use_light_tree = False  # slower for so few lamps
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 2, 2, 1
    cycles.transmission_bounces, cycles.transparent_max_bounces = 1, 2
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4.0
    scene.render.threads_mode, scene.render.threads = "FIXED", 1
    scene.render.use_persistent_data = False  # it keeps the belt of the plate before, and is no faster
    scene.render.resolution_x = scene.render.resolution_y = SIDE_PX
    scene.render.resolution_percentage = 100
    scene.render.use_compositing = scene.render.use_sequencer = False
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.image_settings.compression = 30
    scene.render.dither_intensity = 0.0
    scene.view_settings.view_transform, scene.view_settings.look = "Standard", "None"
    scene.view_settings.exposure, scene.view_settings.gamma = 0.0, 1.0
