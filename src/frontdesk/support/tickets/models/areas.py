"""What matters are about, and the people who answer: areas, skills, teams, agents."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.support.texts import in_language


class Team(models.Model):
    """Agents who share an inbox."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    """Something an agent may know: billing, Linux, German."""

    slug = models.SlugField(_("slug"), max_length=60, primary_key=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """What a matter can be about, as customers choose it; leads to the team and the skill that it needs.

    `reason_codes`: a conversation that begins at one of these reasons is about this area. After `relax_minutes`
    without an agent who knows it, the skill is asked for no more.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    titles = models.JSONField(_("titles"), default=dict)
    reason_codes = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("reasons"))
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="areas", verbose_name=_("team"))
    skill = models.ForeignKey(
        Skill, models.SET_NULL, null=True, blank=True, related_name="areas", verbose_name=_("skill")
    )
    least_level = models.PositiveSmallIntegerField(_("least level"), default=1)
    relax_minutes = models.PositiveIntegerField(_("minutes until the skill relaxes"), default=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ("position", "slug")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Its title in the reader's language."""
        return in_language(self.titles) or self.slug


class Agent(models.Model):
    """A member of staff who answers conversations. `online_until` is a short lease that an open desk prolongs."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="agent", verbose_name=_("person")
    )
    teams = models.ManyToManyField(Team, blank=True, related_name="agents", verbose_name=_("teams"))
    capacity = models.PositiveSmallIntegerField(_("conversations at once"), default=10)
    takes_new = models.BooleanField(_("takes new conversations"), default=True)
    online_until = models.DateTimeField(null=True, editable=False)  # real time
    last_given_at = models.DateTimeField(null=True, editable=False)
    signature = models.TextField(_("signature"), blank=True, default="")

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")

    def __str__(self) -> str:
        return str(self.person)


class AgentSkill(models.Model):
    """How well an agent knows something: 1 (can help) to 3 (knows it by heart)."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="agents", verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(_("level"), default=1)

    class Meta:
        verbose_name = _("skill of an agent")
        verbose_name_plural = _("skills of agents")
        constraints = [models.UniqueConstraint(fields=["agent", "skill"], name="tickets_agent_skill_once")]

    def __str__(self) -> str:
        return f"{self.skill_id} {self.level}"
